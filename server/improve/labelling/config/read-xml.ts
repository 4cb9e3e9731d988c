import { SaxesParser } from "saxes";
import { DomainError } from "#server/base/errors.ts";

/** An element of a labelling configuration. Text between elements means nothing there. */
export interface XmlElement {
  tag: string;
  attributes: Readonly<Record<string, string>>;
  children: XmlElement[];
}

/** Longest configuration, in characters. One with 1,000 classes takes about a third of it. */
const maxConfigLength = 2 ** 18;
const maxDepth = 30;
const maxElements = 5_000;

/**
 * Reads well-formed XML into elements, in linear time. A document type is refused, and with it every entity but the five of XML, so that
 * nothing is expanded or fetched. @throws DomainError "invalid"
 */
export function readXml(text: string): XmlElement {
  if (text.length > maxConfigLength) {
    throw refused(`The configuration is longer than ${maxConfigLength.toLocaleString("en-US")} characters.`);
  }
  const parser = new SaxesParser();
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on("error", ({ message }) => {
    throw refused(`The configuration is not well-formed XML: ${message}`);
  });
  parser.on("doctype", () => {
    throw refused("The configuration cannot have a document type (<!DOCTYPE>).");
  });
  parser.on("opentag", ({ name, attributes }) => {
    elements += 1;
    if (elements > maxElements) throw refused(`The configuration has more than ${maxElements} tags.`);
    if (open.length >= maxDepth) throw refused(`The tags of the configuration are nested deeper than ${maxDepth}.`);
    const element: XmlElement = { tag: name, attributes, children: [] };
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(text).close();
  if (!root) throw refused("The configuration is empty.");
  return root;
}

function refused(message: string): DomainError {
  return new DomainError("invalid", message, { field: "label_config" });
}
