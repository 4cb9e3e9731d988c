import { Skeleton } from "#components/ui/skeleton.tsx";
import classes from "./board.module.css";

/** Renders the three panes while they load. */
export function BoardSkeleton() {
  return (
    <div className={classes.board}>
      <div className={classes.queue}>
        <div className={classes.waiting}>
          {[0, 1, 2, 3, 4, 5].map((line) => (
            <Skeleton height={78} key={line} />
          ))}
        </div>
      </div>
      <div className={classes.centre}>
        <div className={classes.waiting}>
          <Skeleton width="52%" height={28} />
          <Skeleton width="38%" height={16} />
          <Skeleton height={74} />
          <Skeleton height={140} />
          <Skeleton height={232} />
        </div>
      </div>
      <div className={classes.act}>
        <div className={classes.waiting}>
          {[0, 1, 2, 3, 4, 5].map((line) => (
            <Skeleton height={44} key={line} />
          ))}
        </div>
      </div>
    </div>
  );
}
