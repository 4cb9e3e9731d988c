import { Moment } from "#components/ui/relative-time.tsx";

/** Renders "10 May, 10:02 to 10 May, 10:14", in the user's time zone. */
export function SpanText({ span: { from, to } }: { span: { from: number; to: number } }) {
  return (
    <>
      <Moment at={from} /> to <Moment at={to} />
    </>
  );
}
