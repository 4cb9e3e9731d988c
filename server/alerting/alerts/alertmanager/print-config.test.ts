import { expect, test } from "vitest";
import { parseYaml } from "#server/base/yaml.ts";
import { Routing } from "../routing/contract.ts";
import { printConfig } from "./print-config.ts";

const is = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });

test("prints a routing as an Alertmanager file that names every receiver", () => {
  const night = { weekdays: [0, 6], daysOfMonth: [1, -1], months: [12], times: [{ from: "22:00", to: "24:00" }] };
  const routing = Routing.parse({
    root: {
      groupBy: ["..."],
      routes: [
        { receiver: "on-call", matchers: [is("severity", 'a "page"')], groupWaitSeconds: 5, muteTimes: ["nights"] },
      ],
    },
    inhibitRules: [
      { sourceMatchers: [is("a", "b")], targetMatchers: [{ ...is("c", "d.*"), isRegex: true }], equal: ["e"] },
    ],
    timeIntervals: [{ name: "nights", timeZone: "Europe/Berlin", spans: [night] }],
  });
  expect(parseYaml(printConfig(routing, ["other"]))).toEqual({
    global: { resolve_timeout: "300s" },
    route: {
      receiver: "default",
      group_by: ["..."],
      group_wait: "30s",
      group_interval: "300s",
      repeat_interval: "14400s",
      routes: [
        {
          receiver: "on-call",
          matchers: ['severity="a \\"page\\""'],
          group_wait: "5s",
          mute_time_intervals: ["nights"],
        },
      ],
    },
    inhibit_rules: [{ source_matchers: ['a="b"'], target_matchers: ['c=~"d.*"'], equal: ["e"] }],
    receivers: [{ name: "default" }, { name: "on-call" }, { name: "other" }],
    time_intervals: [
      {
        name: "nights",
        time_intervals: [
          {
            times: [{ start_time: "22:00", end_time: "24:00" }],
            weekdays: ["sunday", "saturday"],
            days_of_month: ["1", "-1"],
            months: ["12"],
            location: "Europe/Berlin",
          },
        ],
      },
    ],
  });
});
