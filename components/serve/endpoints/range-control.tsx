"use client";

import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronLeft, IconChevronRight, IconClock, IconZoomOut } from "@tabler/icons-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { usePageKeys } from "#components/shell/use-page-keys.ts";
import { formatDuration, formatUntil } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { labelOfKey, type RangeChoice, type ShownRange } from "./fit-range.ts";
import { parseRangeText } from "./parse-range-text.ts";
import classes from "./range-control.module.css";
import { neighbour, shifted, withFixed, withoutZoom, withRelative, withSinceDeploy } from "./time-range.ts";

/** A time range that the menu offers by what happened in it. */
export interface RangeMoment {
  /** "Since the deployment of v32" */
  label: string;
  /** Milliseconds since 1970. */
  from: number;
  /** Undefined for one that ends now. */
  to?: number;
  /** Whether the address names the deployment instead of its time. */
  isDeploy?: boolean;
}

export interface RangeControlProps {
  /** Ranges that end now, from narrow to wide. */
  choices: readonly RangeChoice[];
  /** What the page shows. */
  shown: ShownRange;
  /** Whether the tab widens ranges by itself, unless they are chosen on it. */
  widens?: boolean;
  moments?: readonly RangeMoment[];
  /** Shows an address without loading its page, for one that follows its address; a step of the browser history unless it replaces. */
  onGo?: (href: string, isReplacing: boolean) => void;
}

/** Parameter of an address whose range is not widened. */
const exact = "exact";
const weekMs = 7 * 86_400_000;
const dayMs = 86_400_000;

/**
 * Renders the time range of a page, which the address stores: one that ends now, or one between two moments. Keys: = wider, - narrower, [ earlier,
 * ] later, Z back to the range before a zoom.
 */
export function RangeControl({ choices, shown, widens = false, moments = [], onGo }: RangeControlProps) {
  const router = useRouter();
  const pathname = usePathname();
  const query = useSearchParams();
  const [opened, setOpened] = useState(false);
  const now = useNow(10_000);
  const given = () => new URLSearchParams(query);
  const hrefOf = (changed: URLSearchParams) => {
    if (widens) changed.set(exact, "1");
    return `${pathname}?${changed}`;
  };
  const back = withoutZoom(given());
  back?.delete(exact);
  const backHref = back && `${pathname}?${back}`;
  const relativeHref = (key: string) => hrefOf(withRelative(given(), key));
  const fixedHref = (fixed: { from: number; to: number }) => hrefOf(withFixed(given(), fixed));
  const go = (href: string, isReplacing = false) => {
    if (onGo) onGo(href, isReplacing);
    else if (isReplacing) router.replace(href, { scroll: false });
    else router.push(href, { scroll: false });
  };
  /** Returns the properties of a link to a range. */
  const linkTo = (href: string, isReplacing = false) => ({
    href,
    replace: isReplacing,
    scroll: false,
    onNavigate: (event: { preventDefault: () => void }) => {
      setOpened(false);
      if (!onGo) return;
      event.preventDefault();
      onGo(href, isReplacing);
    },
  });
  const show = (fixed: { from: number; to: number }) => {
    setOpened(false);
    go(fixedHref(fixed));
  };
  const shift = (step: 1 | -1) => show(shifted(shown, step, Date.now()));
  const isNow = shown.fixed === undefined;
  usePageKeys((key) => {
    if (key === "[") shift(-1);
    else if (key === "]" && !isNow) shift(1);
    else if (key === "z" && backHref) go(backHref);
    else if ((key === "=" || key === "-") && isNow) {
      const next = neighbour(choices, shown.key, key === "=" ? 1 : -1);
      if (next) go(relativeHref(next.key), true);
    } else return false;
    return true;
  });
  const span = shown.fixed ?? { from: now - shown.lengthMs, to: now };
  return (
    <>
      {backHref && (
        <Link className={classes.back} {...linkTo(backHref)} title="Undo the zoom (Z)">
          <IconZoomOut size={15} stroke={1.7} aria-hidden="true" />
          <span>{backText(back.get("range"))}</span>
        </Link>
      )}
      <fieldset className={classes.control} aria-label="Time range">
        <ActionIcon variant="subtle" aria-label="Earlier" title="Half a range earlier ([)" onClick={() => shift(-1)}>
          <IconChevronLeft size={14} stroke={1.7} />
        </ActionIcon>
        <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus>
          <Popover.Target>
            <Button
              variant="subtle"
              size="xs"
              color="gray"
              className={classes.label}
              leftSection={<IconClock size={15} stroke={1.7} aria-hidden="true" />}
              rightSection={<IconChevronDown size={13} stroke={1.7} aria-hidden="true" />}
              title="Time range (= wider, - narrower)"
              onClick={() => setOpened(!opened)}
            >
              <RangeLabel range={shown} now={now} />
            </Button>
          </Popover.Target>
          <Popover.Dropdown className={classes.menu} aria-label="Choose a time range">
            <ul>
              {choices.map(({ key, label }) => (
                <li key={key}>
                  <Link {...linkTo(relativeHref(key), true)} aria-current={key === shown.key ? "true" : undefined}>
                    Last {label}
                  </Link>
                </li>
              ))}
            </ul>
            <div className={classes.more}>
              <FixedForm longest={choices.at(-1)?.label} onChoose={show} />
              <ul>
                {moments.map(({ label, from, to = now, isDeploy }) => (
                  <li key={label}>
                    <Link {...linkTo(isDeploy ? hrefOf(withSinceDeploy(given())) : fixedHref({ from, to }))}>
                      {label} <span className="lw-quiet">{formatDuration(to - from)}</span>
                    </Link>
                  </li>
                ))}
                <li>
                  <Link {...linkTo(fixedHref({ from: span.from - weekMs, to: span.to - weekMs }))}>
                    The week before
                  </Link>
                </li>
              </ul>
            </div>
          </Popover.Dropdown>
        </Popover>
        <ActionIcon
          variant="subtle"
          aria-label="Later"
          title="Half a range later (])"
          aria-disabled={isNow}
          onClick={() => !isNow && shift(1)}
        >
          <IconChevronRight size={14} stroke={1.7} />
        </ActionIcon>
      </fieldset>
    </>
  );
}

function backText(key: string | null): string {
  const label = labelOfKey(key);
  return label ? `Back to ${label}` : "Back";
}

function RangeLabel({ range, now }: { range: ShownRange; now: number }) {
  const zone = useHydrated() ? undefined : "UTC";
  const { from, to } = range.fixed ?? { from: now - range.lengthMs, to: now };
  // Of many days the dates say enough. Held against a time days before, the date is always named.
  const isLong = to - from > 2 * dayMs;
  const date = (at: number) => formatUntil(at, at - 2 * dayMs, zone).replace(/, .*$/, "");
  return (
    <>
      {range.fixed ? <span className={classes.brief}>{range.label}</span> : <span>Last {range.label}</span>}
      <span className={classes.times}>
        {isLong
          ? `${date(from)}–${date(to)}`
          : `${formatUntil(from, now, zone)}–${formatUntil(to, range.fixed ? from : now, zone)}`}
      </span>
    </>
  );
}

/** Renders the form for a range between two moments, or one in words, in the time zone of the user. */
function FixedForm({
  longest,
  onChoose,
}: {
  longest: string | undefined;
  onChoose: (fixed: { from: number; to: number }) => void;
}) {
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<{ field: "from" | "words"; text: string }>();
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) {
          const span = parseRangeText(text, Date.now());
          if (span) onChoose(span);
          else setProblem({ field: "words", text: "Not a range. For example: since 02:38." });
          return;
        }
        const [start, end] = [Date.parse(from), to ? Date.parse(to) : Date.now()];
        if (!(end > start)) setProblem({ field: "from", text: "Enter a start that is before the end." });
        else onChoose({ from: start, to: end });
      }}
    >
      <TextInput
        type="datetime-local"
        label="From"
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        error={problem?.field === "from" && problem.text}
      />
      <TextInput
        type="datetime-local"
        label="To"
        description={`Leave empty for now. At most ${longest}.`}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        label="Or in words"
        description="“since 02:38”, “yesterday 9 to 12”, “13 May”"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={problem?.field === "words" && problem.text}
      />
      <Button type="submit" variant="default" size="xs">
        Show this range
      </Button>
    </form>
  );
}
