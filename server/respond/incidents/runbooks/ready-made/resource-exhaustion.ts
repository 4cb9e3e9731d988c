export const resourceExhaustion = `{{endpoint}} or its machine runs out of memory, disk, connections or GPU memory.

## Which resource is exhausted?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Check GPU memory and utilisation on [the endpoint](/endpoints/{{endpoint}}), and at the log of the gateway for "out of memory"
- [ ] Check disk usage: predictions, artifacts and the database share the disk. See /metrics of each role
- [ ] Check which versions are loaded: previous versions that are kept also use memory

## Free resources
- [ ] Unload endpoints that no one uses, on [Endpoints](/endpoints); they are loaded again automatically
- [ ] Keep fewer versions loaded, under [its settings](/endpoints/{{endpoint}}/settings)
- [ ] Reduce the batch size or the number of workers on the same page: slow is better than down
- [ ] Disk: shorten the prediction retention under Settings, Retention, and empty the trash
- [ ] It began with version {{version}}: roll back to {{previous_version}} {{when:rolled-back}}

## Will it recur?
- [ ] Monitor the curve for 15 min: if usage rises again at the same rate, there is a leak; note the rate {{when:mitigated}}
- [ ] Work out when it will be full at this pace, and set a threshold rule at [Alerts, Rules](/alerts/rules) that alerts one day before
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
