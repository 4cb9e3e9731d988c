import { Markdown } from "#components/ui/markdown.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { TurnTime } from "#components/ui/turn-time.tsx";
import type { HandoverNote } from "#server/respond/oncall/handover/contract.ts";

interface HandoverNotesProps {
  notes: readonly HandoverNote[];
  /** Time zone of the schedule, in which its notes and shifts are stated. */
  timeZone: string;
}

/** Renders the notes of earlier shifts of a schedule, each under the time of its shift. */
export function HandoverNotes({ notes, timeZone }: HandoverNotesProps) {
  return notes.map(({ id, shiftFrom, shiftTo, writtenBy, body }) => (
    <Panel
      key={id}
      title={<TurnTime at={shiftFrom} timeZone={timeZone} />}
      subtitle={
        <>
          to <TurnTime at={shiftTo} timeZone={timeZone} /> ({timeZone}), by {writtenBy}
        </>
      }
    >
      <Markdown>{body}</Markdown>
    </Panel>
  ));
}
