import { createElement, Fragment } from "react";

/** Renders a sentence from the server with the names between backticks as code. */
export function NamedText({ children }: { children: string }) {
  const parts = children.split("`").map((part, at) => (at % 2 === 1 ? createElement("code", null, part) : part));
  return createElement(Fragment, null, ...parts);
}
