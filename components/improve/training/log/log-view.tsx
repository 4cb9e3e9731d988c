"use client";

import { Checkbox, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronUp, IconDownload, IconSearch } from "@tabler/icons-react";
import { Fragment, useEffect, useEffectEvent, useRef, useState } from "react";
import { usePageKey } from "#components/develop/features/use-page-key.ts";
import { useLive } from "#components/shell/live-events.tsx";
import { formatBytes, formatCount, formatCountOf, plural } from "#components/ui/format.ts";
import { keysAreFree } from "#components/ui/keys.ts";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState, FailedState } from "#components/ui/states.tsx";
import { Segmented } from "#components/ui/tabs.tsx";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { LogMatches, LogPage } from "#server/improve/training/log/contract.ts";
import { logFileHref } from "../addresses.ts";
import classes from "./log.module.css";
import { appendPage, type LogWindow, openWindow, prependPage, splitMatches } from "./log-window.ts";

interface LogViewProps {
  jobId: string;
  attempts: readonly { number: number; host: string }[];
  /** Attempt to show alone; null for all. */
  attempt: number | null;
  /** Why there is no log yet. */
  emptyText: string;
}

const pageLines = 500;
/** Lines that one answer has at most while the log is followed. */
const readLines = 5_000;
/** Fewer lines do not fill the view. */
const screenLines = 100;
/** Lines around a match that was jumped to. */
const around = 100;
/** A follower is at the end when less is below. */
const nearPx = 24;

type Match = Wire<LogMatches>["matches"][number];

/** Shows the log of a job: follows it, searches it, and reads back to its start. */
export function LogView({ jobId, attempts, attempt: asked, emptyText }: LogViewProps) {
  const [attempt, setAttempt] = useState(asked);
  const [window, setWindow] = useState<LogWindow>([]);
  const [isFollowing, setIsFollowing] = useState(true);
  const [unseen, setUnseen] = useState(0);
  const [error, setError] = useState<string>();
  const [search, setSearch] = useState("");
  const [matches, setMatches] = useState<Match[]>();
  const [at, setAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const reading = useRef(false);
  const again = useRef(false);
  const { listen } = useLive();
  const newest = attempts.at(-1)?.number;
  const shown = attempt ?? newest;

  const read = (query: Record<string, string | number>) =>
    readJson<LogPage>(
      `/api/v1/training/jobs/${jobId}/log?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`,
    );

  /** Number of the attempt before what is held. */
  const before = (held: LogWindow) => attempts.findLast(({ number }) => number < (held[0]?.attempt ?? 0))?.number;

  /** Only one reader at a time: what comes meanwhile makes it read again. */
  async function alone(work: () => Promise<void>) {
    if (reading.current) {
      again.current = true;
      return;
    }
    reading.current = true;
    try {
      await work();
      setError(undefined);
    } catch (failure) {
      setError(failure instanceof Error ? failure.message : "The log could not be read.");
    } finally {
      reading.current = false;
      if (again.current) {
        again.current = false;
        setTimeout(() => void follow());
      }
    }
  }

  const openEnd = useEffectEvent(() =>
    alone(async () => {
      if (shown === undefined) return;
      let held = openWindow(await read({ attempt: shown, limit: pageLines }));
      // A new attempt has printed little: what was before is of interest, too.
      for (let of = before(held); attempt === null && of !== undefined; of = before(held)) {
        if (countOf(held) >= screenLines) break;
        held = prependPage(held, await read({ attempt: of, limit: screenLines }));
      }
      setWindow(held);
      setUnseen(0);
    }),
  );

  /** Reads what was added. Someone who reads elsewhere is only said how much. */
  const follow = useEffectEvent(() =>
    alone(async () => {
      const last = window.at(-1);
      if (!last || shown === undefined) return;
      if (!isFollowing) {
        const { totalLines } = await read({ attempt: shown, from: Number.MAX_SAFE_INTEGER, limit: 1 });
        const held = last.attempt === shown ? (last.lines.at(-1)?.number ?? 0) : 0;
        setUnseen(Math.max(0, totalLines - held));
        return;
      }
      let held = window;
      for (let more = true; more; ) {
        const end = held.at(-1) ?? last;
        const page = await read({ attempt: end.attempt, from: end.next, limit: readLines });
        held = appendPage(held, page);
        const later = attempts.find(({ number }) => number > end.attempt);
        more = page.lines.length >= readLines;
        if (!more && page.isComplete && attempt === null && later) {
          held = appendPage(held, await read({ attempt: later.number, from: 0, limit: readLines }));
          more = true;
        }
      }
      setWindow(held);
    }),
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is another log
  useEffect(() => {
    void openEnd();
  }, [attempt, jobId]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt continues the log
  useEffect(() => {
    void (window.length === 0 ? openEnd() : follow());
  }, [newest]);
  useEffect(
    () =>
      listen((event) => {
        if (event === "missed" || (event.topic.startsWith("training") && event.id === jobId)) void follow();
      }),
    [listen, jobId],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines push the view down
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [window, isFollowing]);

  function scrolled() {
    const view = box.current;
    if (!view) return;
    const isLow = view.scrollHeight - view.scrollTop - view.clientHeight < nearPx;
    if (!isLow && isFollowing) setIsFollowing(false);
  }

  const first = window[0];
  const firstLine = first?.lines[0]?.number ?? 1;
  const earlier = before(window);
  const hasEarlier = first !== undefined && (firstLine > 1 || (attempt === null && earlier !== undefined));

  function readBack() {
    setIsFollowing(false);
    void alone(async () => {
      if (!first) return;
      const height = box.current?.scrollHeight ?? 0;
      if (firstLine > 1) {
        const line = Math.max(1, firstLine - pageLines);
        setWindow(prependPage(window, await read({ attempt: first.attempt, line, limit: firstLine - line + 1 })));
      } else if (earlier !== undefined) {
        setWindow(prependPage(window, await read({ attempt: earlier, limit: pageLines })));
      }
      // What was in view stays there.
      requestAnimationFrame(() => {
        if (box.current) box.current.scrollTop += box.current.scrollHeight - height;
      });
    });
  }

  async function find(text: string) {
    if (text === "") return setMatches(undefined);
    await alone(async () => {
      const query = new URLSearchParams({
        q: text,
        limit: "1000",
        ...(attempt !== null && { attempt: String(attempt) }),
      });
      const found = await readJson<LogMatches>(`/api/v1/training/jobs/${jobId}/log/matches?${query}`);
      setMatches(found.matches);
      setAt(0);
      if (found.matches[0]) await show(found.matches[0]);
    });
  }

  async function show({ attempt: of, number }: Match) {
    setIsFollowing(false);
    const isHeld = window.some(
      ({ attempt: each, lines }) => each === of && lines.some((line) => line.number === number),
    );
    if (!isHeld) {
      setWindow(
        openWindow(await read({ attempt: of, line: Math.max(1, number - around), limit: 2 * around + pageLines })),
      );
    }
    requestAnimationFrame(() => document.getElementById(lineId(of, number))?.scrollIntoView({ block: "center" }));
  }

  function step(by: number) {
    if (!matches || matches.length === 0) return;
    const next = (at + by + matches.length) % matches.length;
    setAt(next);
    const match = matches[next];
    if (match) void alone(() => show(match));
  }

  function toEnd() {
    setIsFollowing(true);
    void openEnd();
  }

  function readOn() {
    void alone(async () => {
      const last = window.at(-1);
      if (!last) return;
      setWindow(appendPage(window, await read({ attempt: last.attempt, from: last.next, limit: pageLines })));
      setUnseen((count) => Math.max(0, count - pageLines));
    });
  }

  usePageKey("F", () => (isFollowing ? setIsFollowing(false) : toEnd()));
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (!keysAreFree(event)) return;
    const number = Number(event.key);
    if (event.key === "0") setAttempt(null);
    else if (/^[1-9]$/.test(event.key) && attempts.some((each) => each.number === number)) setAttempt(number);
  });
  useEffect(() => {
    const key = (event: KeyboardEvent) => pressed(event);
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, []);

  const current = matches?.[at];
  const dropped = window.reduce((sum, { droppedBytes }) => sum + droppedBytes, 0);
  return (
    <Panel
      id="log"
      title="Log"
      subtitle={dropped > 0 ? `${formatBytes(dropped)} were dropped` : undefined}
      right={
        <>
          {attempts.length > 1 && attempts.length < 10 && (
            <Segmented
              label="Attempt"
              value={attempt === null ? "all" : String(attempt)}
              onChange={(value) => {
                setIsFollowing(true);
                setAttempt(value === "all" ? null : Number(value));
              }}
              options={[
                { value: "all", label: "All" },
                ...attempts.map(({ number }) => ({ value: String(number), label: String(number) })),
              ]}
            />
          )}
          <TextInput
            className={classes.search}
            aria-label="Search the log"
            data-lw-search
            placeholder="Search"
            leftSection={<IconSearch size={14} stroke={1.8} aria-hidden="true" />}
            rightSection={
              matches && (
                <span className="lw-small lw-quiet lw-number">
                  {matches.length === 0 ? "none" : formatCountOf(at + 1, matches.length)}
                </span>
              )
            }
            rightSectionWidth={72}
            value={search}
            onChange={(event) => {
              setSearch(event.currentTarget.value);
              setMatches(undefined);
            }}
            onKeyDown={(event) => {
              if (event.key === "Escape") {
                setSearch("");
                setMatches(undefined);
                event.currentTarget.blur();
              } else if (event.key === "Enter") {
                event.preventDefault();
                if (matches) step(event.shiftKey ? -1 : 1);
                else void find(search.trim());
              }
            }}
            spellCheck={false}
          />
          <button
            className={classes.icon}
            type="button"
            aria-label="Previous match"
            disabled={!matches?.length}
            onClick={() => step(-1)}
          >
            <IconChevronUp size={16} stroke={1.8} aria-hidden="true" />
          </button>
          <button
            className={classes.icon}
            type="button"
            aria-label="Next match"
            disabled={!matches?.length}
            onClick={() => step(1)}
          >
            <IconChevronDown size={16} stroke={1.8} aria-hidden="true" />
          </button>
          <Checkbox
            label="Follow"
            checked={isFollowing}
            onChange={(event) => (event.currentTarget.checked ? toEnd() : setIsFollowing(false))}
          />
          <a
            className={classes.icon}
            href={logFileHref(jobId, attempt ?? undefined)}
            download
            aria-label="Download the log"
            title="Download the log"
          >
            <IconDownload size={16} stroke={1.8} aria-hidden="true" />
          </a>
        </>
      }
      flush
    >
      {error !== undefined && <FailedState title="The log could not be read">{error}</FailedState>}
      {attempts.length === 0 ? (
        <EmptyState title="No log yet">{emptyText}</EmptyState>
      ) : (
        <div className={classes.frame}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to take the focus */}
          <section className={classes.box} ref={box} aria-label="Lines of the log" tabIndex={0} onScroll={scrolled}>
            {hasEarlier && (
              <button className={classes.earlier} type="button" onClick={readBack}>
                Show earlier lines
              </button>
            )}
            {window.map(({ attempt: of, lines }) => (
              <Fragment key={of}>
                {attempts.length > 1 && (
                  <div className={classes.divider}>
                    <span>
                      Attempt {of}
                      {hostSuffix(attempts, of)}
                    </span>
                  </div>
                )}
                {lines.map((line) =>
                  line.dropped > 0 ? (
                    <div className={classes.gap} key={line.start}>
                      {formatBytes(line.dropped)} were dropped here
                    </div>
                  ) : (
                    <div
                      className={classes.line}
                      id={lineId(of, line.number)}
                      data-current={(current?.attempt === of && current.number === line.number) || undefined}
                      key={line.start}
                    >
                      <a href={`#${lineId(of, line.number)}`} aria-label={`Line ${line.number}`} tabIndex={-1}>
                        {formatCount(line.number)}
                      </a>
                      <span>
                        {matches
                          ? splitMatches(line.text, search.trim()).map(({ text, isMatch }, part) =>
                              // biome-ignore lint/suspicious/noArrayIndexKey: parts have no identity
                              isMatch ? <mark key={part}>{text}</mark> : <Fragment key={part}>{text}</Fragment>,
                            )
                          : line.text}
                      </span>
                    </div>
                  ),
                )}
              </Fragment>
            ))}
            {window.length > 0 && window.every(({ lines }) => lines.length === 0) && (
              <p className="lw-muted">Its program has printed nothing yet.</p>
            )}
            {unseen > 0 && !isFollowing && (
              <button className={classes.earlier} type="button" onClick={readOn}>
                Show later lines
              </button>
            )}
          </section>
          {unseen > 0 && !isFollowing && (
            <button className={classes.unseen} type="button" onClick={toEnd}>
              {plural(unseen, "new line")}
            </button>
          )}
        </div>
      )}
    </Panel>
  );
}

const countOf = (held: LogWindow) => held.reduce((sum, { lines }) => sum + lines.length, 0);

const lineId = (attempt: number, line: number) => `log-${attempt}-${line}`;

function hostSuffix(attempts: LogViewProps["attempts"], number: number): string {
  const host = attempts.find((each) => each.number === number)?.host;
  return host ? ` · ${host}` : "";
}
