export const resourceExhaustion = `{{endpoint}}, or the machine under it, runs out of memory, disk, connections or GPU memory.

## What runs out
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Look at GPU memory and utilisation on [the endpoint](/endpoints/{{endpoint}}), and at the log of the gateway for "out of memory"
- [ ] See how full the disk is: predictions, artifacts and the database share it. /metrics of each role tells
- [ ] See which versions are loaded: those that were kept beside the current one take memory too

## Make room
- [ ] Unload endpoints that nobody uses, on [Endpoints](/endpoints); they load again by themselves
- [ ] Keep fewer versions loaded, under [its settings](/endpoints/{{endpoint}}/settings)
- [ ] Lower the largest batch or the number of workers on the same page: slower is better than gone
- [ ] Disk: shorten how long predictions are kept under Settings, Retention, and empty the trash
- [ ] It began with version {{version}}: roll back to {{previous_version}} {{when:rolled-back}}

## Does it come again?
- [ ] Watch the curve for 15 min: does it rise again at the same pace? Then something leaks; note the pace {{when:mitigated}}
- [ ] Work out when it will be full at this pace, and set a threshold rule at [Alerts, Rules](/alerts/rules) that tells a day before
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
