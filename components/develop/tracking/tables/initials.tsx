import classes from "./initials.module.css";

/** Renders a person as a disc with their initials; the full name on hover and for screen readers. */
export function Initials({ name }: { name: string }) {
  const words = name.split(/[\s._@()-]+/).filter(Boolean);
  const letters = words.length > 1 ? `${words[0]?.[0]}${words[1]?.[0]}` : name.slice(0, 2);
  return (
    <span className={classes.disc} title={name}>
      <span aria-hidden="true">{letters.toUpperCase()}</span>
      <span className="lw-hidden">{name}</span>
    </span>
  );
}
