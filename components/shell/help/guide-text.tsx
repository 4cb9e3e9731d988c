import type { ReactNode } from "react";
import ReactMarkdown, { type Components, type ExtraProps } from "react-markdown";
import remarkGfm from "remark-gfm";
import { Link } from "#components/ui/link.tsx";
import { headingSlug } from "#server/base/text/heading-slug.ts";
import { guideImage, guideTarget } from "./guide-target.ts";
import classes from "./guide-text.module.css";

interface GuideTextProps {
  /** Name of the guide: "spec/drift". */
  name: string;
  /** Names of all guides; links lead to these. */
  names: readonly string[];
  /** Markdown of the guide, without its title. */
  children: string;
}

/** Renders a guide of the repository. Its headings have the same anchors as on GitHub. */
export function GuideText({ name, names, children }: GuideTextProps) {
  const components: Components = {
    a: ({ href = "", children }) => {
      const target = guideTarget(href, name, names);
      if (target.kind === "file") return <span>{children}</span>;
      if (target.kind === "guide") return <Link href={target.href}>{children}</Link>;
      return (
        <a href={target.href} rel="noopener noreferrer" target="_blank">
          {children}
        </a>
      );
    },
    img: ({ src, alt }) => {
      const address = typeof src === "string" ? guideImage(src, name) : undefined;
      if (!address) return <span>{alt}</span>;
      return (
        <a href={address} target="_blank" rel="noopener">
          {/* biome-ignore lint/performance/noImgElement: screenshots are served as they are */}
          <img src={address} alt={alt ?? ""} loading="lazy" />
        </a>
      );
    },
    h2: (props) => <h2 id={slugOf(props)}>{props.children}</h2>,
    h3: (props) => <h3 id={slugOf(props)}>{props.children}</h3>,
    h4: (props) => <h4 id={slugOf(props)}>{props.children}</h4>,
    table: ({ children }) => (
      <Scrolled label="Table, scrolls horizontally">
        <table>{children}</table>
      </Scrolled>
    ),
    pre: ({ children }) => (
      <Scrolled label="Code, scrolls horizontally">
        <pre>{children}</pre>
      </Scrolled>
    ),
  };
  return (
    <article className={classes.guide}>
      <ReactMarkdown remarkPlugins={[remarkGfm]} skipHtml components={components}>
        {children}
      </ReactMarkdown>
    </article>
  );
}

function Scrolled({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide content is scrolled by keys
    <section className={classes.scroll} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

type MarkdownNode = NonNullable<ExtraProps["node"]> | NonNullable<ExtraProps["node"]>["children"][number];

function slugOf({ node }: ExtraProps): string | undefined {
  return node && headingSlug(textOf(node));
}

function textOf(node: MarkdownNode): string {
  if (node.type === "text") return node.value;
  return "children" in node ? node.children.map(textOf).join("") : "";
}
