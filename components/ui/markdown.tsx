import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import classes from "./markdown.module.css";

/**
 * Renders Markdown written by users: lists, tables, code, links. HTML is omitted, only web and email links are active, and images are
 * shown as links, so that reading a text sends no request to another host.
 */
export function Markdown({ children }: { children: string }) {
  return (
    <div className={classes.prose} data-prose>
      <ReactMarkdown remarkPlugins={[remarkGfm]} skipHtml components={components}>
        {children}
      </ReactMarkdown>
    </div>
  );
}

const components: Components = {
  a: ({ href, children }) => <Outside href={href}>{children}</Outside>,
  img: ({ src, alt }) => {
    const href = typeof src === "string" ? src : undefined;
    return <Outside href={href}>{alt || href}</Outside>;
  },
  // A check box that cannot be ticked here must not be a form field.
  input: ({ checked }) => (
    <span role="img" aria-label={checked ? "done" : "to do"}>
      {checked ? "☑ " : "☐ "}
    </span>
  ),
  // The page has its own headings, so those of the text are two levels lower.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
  h5: ({ children }) => <h6>{children}</h6>,
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables are scrolled by keys
    <section className={classes.scroll} aria-label="Table, scrolls horizontally" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
};

function Outside({ href, children }: { href: string | undefined; children: React.ReactNode }) {
  if (!href) return <span>{children}</span>;
  return (
    <a href={href} rel="noopener noreferrer nofollow" target={href.startsWith("#") ? undefined : "_blank"}>
      {children}
    </a>
  );
}
