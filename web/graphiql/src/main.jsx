import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import { createRoot } from "react-dom/client";
import { examples } from "./examples.js";
import "./page.css";

const fetcher = createGraphiQLFetcher({ url: "/graphql" });

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={examples} defaultQuery={examples[0].query} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>
      <span className="parley">parley</span>
    </GraphiQL.Logo>
  </GraphiQL>,
);
