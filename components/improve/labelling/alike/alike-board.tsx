"use client";

import { Button } from "@mantine/core";
import { useRouter } from "next/navigation";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { labelProjectHref } from "#components/improve/labelling/addresses.ts";
import { formatLabelValue } from "#components/improve/labelling/answers/describe-value.ts";
import { ChoiceButtons } from "#components/improve/labelling/controls/choice-buttons.tsx";
import { RatingButtons } from "#components/improve/labelling/controls/rating-buttons.tsx";
import { listChoices } from "#components/improve/labelling/keys/label-keys.ts";
import { ActiveTime } from "#components/improve/labelling/session/active-time.ts";
import pane from "#components/improve/labelling/session/labeller.module.css";
import type { ActionState } from "#components/ui/action-state.ts";
import { plural } from "#components/ui/format.ts";
import { Keys } from "#components/ui/key-hint.tsx";
import { Link } from "#components/ui/link.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useAction } from "#components/ui/use-action.ts";
import type { Wire } from "#components/ui/wire.ts";
import type { AnsweredGroup, AnswerLabelGroup, LabelGroup } from "#server/improve/labelling/answers/groups/contract.ts";
import type { AnswerControl, LabelValue } from "#server/improve/labelling/contract.ts";
import type { LabelProjectDetails } from "#server/improve/labelling/projects/contract.ts";
import classes from "./alike.module.css";
import { moveInGrid, readAlikeKey } from "./alike-keys.ts";
import { AlikeTile } from "./alike-tile.tsx";

interface AlikeBoardProps {
  project: Wire<LabelProjectDetails>;
  control: AnswerControl;
  group: Wire<LabelGroup>;
  /** What the first labels of the group are. */
  label: LabelValue;
  answer: (input: AnswerLabelGroup) => Promise<ActionState<AnsweredGroup>>;
}

const fields = "input:not([type=checkbox], [type=radio]), textarea, select";

/** Renders alike items as a grid: one label for all, except for those that are marked. */
export function AlikeBoard({ project, control, group, label, answer }: AlikeBoardProps) {
  const router = useRouter();
  const { run, busy, state } = useAction(answer);
  const { tasks } = group;
  const [at, setAt] = useState(0);
  const [exceptions, setExceptions] = useState<ReadonlySet<number>>(new Set());
  // Where nothing is chosen by a digit, the first labels are the only choice.
  const hasChoices = control.kind === "class" || control.kind === "ordinal";
  const [value, setValue] = useState<LabelValue | null>(hasChoices ? null : label);
  const [problem, setProblem] = useState<string>();
  const grid = useRef<HTMLUListElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const time = useRef(new ActiveTime());
  const choices = useMemo(() => listChoices(control.classes, {}), [control]);
  const titles = Object.fromEntries(control.classes.map(({ name, title }) => [name, title]));
  const format = (each: LabelValue) => formatLabelValue(each, titles);
  const ratings = control.kind === "ordinal" ? (control.max ?? 5) : 0;
  const rest = tasks.filter(({ id }) => !exceptions.has(id));
  const labelHref = labelProjectHref(project, "label");

  useEffect(() => {
    const isActive = () => document.visibilityState === "visible" && document.hasFocus();
    time.current.restart(performance.now(), isActive());
    const change = () => time.current.change(performance.now(), isActive());
    document.addEventListener("visibilitychange", change);
    window.addEventListener("focus", change);
    window.addEventListener("blur", change);
    return () => {
      document.removeEventListener("visibilitychange", change);
      window.removeEventListener("focus", change);
      window.removeEventListener("blur", change);
    };
  }, []);

  function choose(chosen: LabelValue) {
    const isFirst = format(chosen) === format(label);
    setProblem(
      isFirst
        ? undefined
        : `The first labels of this group are “${format(label)}”. Mark what is “${format(chosen)}” as an exception.`,
    );
    setValue(isFirst ? chosen : null);
  }

  function toggle(index: number) {
    const id = tasks[index]?.id;
    if (id === undefined) return;
    setAt(index);
    setExceptions((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
  }

  function submit() {
    if (value === null) return setProblem((before) => before ?? "Choose the label first.");
    if (rest.length === 0) return setProblem("All items are exceptions. Label them one by one.");
    const input: AnswerLabelGroup = {
      projectId: project.id,
      groupKey: group.groupKey,
      taskIds: tasks.map(({ id }) => id),
      exceptions: tasks.map(({ id }) => id).filter((id) => exceptions.has(id)),
      value,
      spentMs: time.current.total(performance.now()),
    };
    run(input, ({ answered }) => {
      toast.done(`${plural(answered.length, "item is", "items are")} labelled as ${format(value)}.`);
      router.push(labelHref);
    });
  }

  function move(step: { dx: number; dy: number }) {
    const tiles = [...(grid.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const [first] = tiles;
    const columns = tiles.filter((tile) => tile.offsetTop === first?.offsetTop).length;
    const next = moveInGrid(at, step, { columns, count: tiles.length });
    setAt(next);
    tiles[next]?.focus();
  }

  const digits = control.kind === "ordinal" ? Math.min(9, ratings) : choices.filter((each) => each.digit).length;
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.metaKey || event.ctrlKey) return;
    if (document.querySelector("[role=dialog][aria-modal=true]")) return;
    const target = event.target instanceof HTMLElement ? event.target : undefined;
    const field = target?.closest<HTMLElement>(fields);
    if (field && event.key === "Escape") return field.blur();
    if (field) return;
    // Other buttons and links that have the focus keep Enter and Space.
    const isTile = target !== undefined && grid.current?.contains(target);
    if ((event.key === "Enter" || event.key === " ") && !isTile && target?.closest("button, a, summary")) return;
    const command = readAlikeKey(event.key, hasChoices ? digits : 0);
    if (!command) return;
    event.preventDefault();
    event.stopPropagation();
    if (command.kind === "move") return move(command);
    if (event.repeat) return;
    if (command.kind === "toggle") toggle(at);
    else if (command.kind === "submit") submit();
    else if (command.kind === "leave") router.push(labelHref);
    else if (command.kind === "search-classes") searchField.current?.focus();
    else if (control.kind === "ordinal") choose({ kind: "ordinal", rating: command.index + 1 });
    else {
      const choice = choices.find(({ digit }) => digit === String(command.index + 1));
      if (choice) choose({ kind: "class", label: choice.name });
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, []);

  const error = problem ?? state.error ?? Object.values(state.fieldErrors ?? {})[0];
  return (
    <div className={classes.board}>
      <section className={pane.centre} aria-label="Alike items">
        <div>
          <h1 className={pane.question}>{project.config.question || "Which of these do not belong?"}</h1>
          <p className="lw-muted">
            {plural(group.waiting, "alike item waits", "alike items wait")}
            {group.waiting > tasks.length && `; the first ${tasks.length} are shown`}. The first labels of this group
            are <strong>{format(label)}</strong>. Exceptions stay in the queue.
          </p>
        </div>
        <ul className={classes.grid} ref={grid} aria-label="Alike items" data-wide={!hasPicture(project) || undefined}>
          {tasks.map((task, index) => (
            <li key={task.id}>
              <AlikeTile
                task={task}
                objects={project.config.objects}
                isException={exceptions.has(task.id)}
                isCurrent={index === at}
                onToggle={() => toggle(index)}
                onFocus={() => setAt(index)}
              />
            </li>
          ))}
        </ul>
        <div className={classes.answer}>
          {control.kind === "class" && (
            <ChoiceButtons
              choices={choices}
              chosen={value?.kind === "class" ? [value.label] : []}
              onChoose={(name) => choose({ kind: "class", label: name })}
              searchField={searchField}
            />
          )}
          {control.kind === "ordinal" && (
            <RatingButtons
              count={ratings}
              chosen={value?.kind === "ordinal" ? value.rating : null}
              onChoose={(rating) => choose({ kind: "ordinal", rating })}
            />
          )}
          {error && <p role="alert">{error}</p>}
          <div className={classes.actions}>
            <Link href={labelHref}>Label one by one</Link>
            <span className="lw-muted" role="status">
              {plural(exceptions.size, "exception")}
            </span>
            <Button aria-disabled={busy} onClick={submit} rightSection={<Keys keys={["↵"]} />}>
              {value === null
                ? `Label ${plural(rest.length, "item")}`
                : `Label ${plural(rest.length, "item")} as ${format(value)}`}
            </Button>
          </div>
        </div>
      </section>
      <section className={pane.keys} aria-label="Keyboard shortcuts">
        {(
          [
            [["↑", "↓", "←", "→"], "move"],
            [["Space"], "exception"],
            ...(hasChoices ? [[["1", String(Math.max(1, digits))], "label of the rest"]] : []),
            [["↵"], "submit"],
            [["Esc"], "one by one"],
          ] as [string[], string][]
        ).map(([keys, does]) => (
          <span key={does}>
            <Keys keys={keys} /> {does}
          </span>
        ))}
      </section>
    </div>
  );
}

const hasPicture = ({ config }: AlikeBoardProps["project"]) => config.objects.some(({ kind }) => kind === "image");
