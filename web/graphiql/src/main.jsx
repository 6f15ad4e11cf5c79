import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import { examples } from "./examples.js";
import { fetcher } from "./fetcher.js";
import { storage } from "./storage.js";
import "./page.css";

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    shouldPersistHeaders
    showPersistHeadersSettings={false}
    defaultTabs={examples}
    defaultQuery={examples[0].query}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <span className="parley">parley</span>
    </GraphiQL.Logo>
  </GraphiQL>,
);
