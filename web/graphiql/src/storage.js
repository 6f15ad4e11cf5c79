// Where GraphiQL keeps its state. Headers may hold an access token: they stay in the session storage, which ends with the tab
// of the browser. All else is kept in the local storage too, for the next time. Earlier versions kept headers there: they are removed
// when the page loads.

const prefix = "graphiql:";

// withoutHeaders is a value of the state with null for the headers in it, since GraphiQL drops tabs that lack them; null where nothing
// is left of it.
function withoutHeaders(key, value) {
  if (value === null || key === `${prefix}headers`) return null;
  try {
    return JSON.stringify(JSON.parse(value, (name, part) => (name === "headers" ? null : part)));
  } catch {
    return value; // a text, such as a query
  }
}

function own(storage) {
  return Object.keys(storage).filter((key) => key.startsWith(prefix));
}

function keep(key, value) {
  const kept = withoutHeaders(key, value);
  if (kept === null) localStorage.removeItem(key);
  else localStorage.setItem(key, kept);
}

for (const key of own(localStorage)) keep(key, localStorage.getItem(key));

export const storage = {
  getItem: (key) => sessionStorage.getItem(key) ?? withoutHeaders(key, localStorage.getItem(key)),
  setItem(key, value) {
    sessionStorage.setItem(key, value);
    keep(key, value);
  },
  removeItem(key) {
    sessionStorage.removeItem(key);
    localStorage.removeItem(key);
  },
  clear() {
    for (const at of [sessionStorage, localStorage]) for (const key of own(at)) at.removeItem(key);
  },
  get length() {
    return own(localStorage).length;
  },
};
