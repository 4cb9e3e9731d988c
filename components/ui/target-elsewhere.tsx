import { type RefCallback, type RefObject, useLayoutEffect } from "react";

interface TargetElsewhereProps {
  target: RefObject<HTMLButtonElement | null>;
  ref?: RefCallback<HTMLButtonElement>;
}

/** Names a button as the place of a menu or card. It renders nothing, since the button stands on the page before the menu or card is loaded. */
export function TargetElsewhere({ target, ref }: TargetElsewhereProps) {
  useLayoutEffect(() => {
    ref?.(target.current);
    return () => void ref?.(null);
  }, [target, ref]);
  return null;
}
