// How GraphiQL asks: operations with one answer by POST, subscriptions and @live queries as server-sent events (GraphQL over
// SSE, distinct connections), where headers such as Authorization work as for the others.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { getOperationAST, parse } from "graphql";

const retryAfter = 1000; // milliseconds

const once = createGraphiQLFetcher({ url: "/graphql" });

export function fetcher(request, options) {
  return isStreamed(request) ? streamed(request, options?.headers) : once(request, options);
}

// isStreamed says whether an operation has more than one answer. A document with errors is for the server to refuse.
function isStreamed({ query, operationName }) {
  try {
    const operation = getOperationAST(parse(query), operationName);
    return operation?.operation === "subscription" || !!operation?.directives?.some((d) => d.name.value === "live");
  } catch {
    return false;
  }
}

// streamed is an observable of the answers. A connection that breaks is opened again and resumes behind the last answer.
function streamed(request, headers) {
  return {
    subscribe(observer) {
      const stop = new AbortController();
      follow(request, headers, observer, stop.signal).then(
        () => stop.signal.aborted || observer.complete(),
        (error) => stop.signal.aborted || observer.error(error),
      );
      return { unsubscribe: () => stop.abort() };
    },
  };
}

async function follow(request, headers, observer, signal) {
  let lastID = "";
  let answered = false;
  for (;;) {
    try {
      const response = await fetch("/graphql", {
        method: "POST",
        headers: {
          ...headers,
          "Content-Type": "application/json",
          Accept: "text/event-stream",
          ...(lastID && { "Last-Event-ID": lastID }),
        },
        body: JSON.stringify(request),
        signal,
      });
      if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
        observer.next(refusal(response.status, await response.text()));
        return;
      }
      for await (const event of events(response.body)) {
        if (event.name === "complete") return;
        if (event.id) lastID = event.id;
        if (event.name === "next") {
          answered = true;
          observer.next(JSON.parse(event.data));
        }
      }
    } catch (error) {
      if (signal.aborted || !answered || !(error instanceof TypeError)) throw error; // a TypeError is of the network
    }
    await new Promise((resolve) => setTimeout(resolve, retryAfter));
    signal.throwIfAborted();
  }
}

// refusal is what is shown of an answer that is no stream.
function refusal(status, text) {
  try {
    return JSON.parse(text);
  } catch {
    return { errors: [{ message: `${status}: ${text}` }] };
  }
}

// events reads server-sent events from a body.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) yield eventOf(block);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function eventOf(block) {
  const event = { name: "", id: "", data: "" };
  for (const line of block.split("\n")) {
    const [, field, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
    if (field === "event") event.name = value;
    if (field === "id") event.id = value;
    if (field === "data") event.data += value;
  }
  return event;
}
