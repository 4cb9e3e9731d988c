import classes from "./mark.module.css";

/** Renders the logo: the heading (upright) and the actual course (leaning) from one point. Only in the sidebar and on sign-in. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg className={classes.mark} width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path className={classes.course} d="M4 18 15 4.5" />
      <path className={classes.heading} d="M4 18V2" />
      <path className={classes.arc} d="M4.5 8.4a9.6 9.6 0 0 1 5.6 1.6" />
    </svg>
  );
}
