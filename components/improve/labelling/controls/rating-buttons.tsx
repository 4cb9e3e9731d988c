import { Keys } from "#components/ui/key-hint.tsx";
import classes from "./controls.module.css";

interface RatingButtonsProps {
  /** Highest rating. */
  count: number;
  chosen: number | null;
  onChoose: (rating: number) => void;
}

/** Renders ratings from 1 on, lowest first. */
export function RatingButtons({ count, chosen, onChoose }: RatingButtonsProps) {
  return (
    <fieldset className={classes.choices} aria-label={`Rating, 1 to ${count}`}>
      {Array.from({ length: count }, (_, index) => index + 1).map((rating) => (
        <button
          className={classes.choice}
          type="button"
          aria-pressed={rating === chosen}
          onClick={() => onChoose(rating)}
          key={rating}
        >
          <span className={classes.title}>{rating}</span>
          {rating <= 9 && <Keys keys={[String(rating)]} />}
        </button>
      ))}
    </fieldset>
  );
}
