import type { ComponentProps } from "react";
import classes from "./plain-button.module.css";

type PlainButtonProps = Omit<ComponentProps<"button">, "type"> & {
  /** "icon" holds only an icon and needs an `aria-label`. */
  kind?: "text" | "icon";
};

/**
 * Renders the browser's own button, in the sizes and colours of the others. For the frame: the button of the component library would bring its
 * styles to pages without any.
 */
export function PlainButton({ kind = "text", className, ...button }: PlainButtonProps) {
  const own = kind === "icon" ? classes.icon : classes.text;
  return <button type="button" className={className ? `${own} ${className}` : own} {...button} />;
}
