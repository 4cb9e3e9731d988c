export const featureSkew = `{{endpoint}} was served values of features that differ from those that had arrived, or from those that are true by what is known today.

## Which values, and why?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the feature view that the alert names at [Features](/features): which features, since which hour, and by which cause
- [ ] Look for the change on the timeline: a definition of a view, a deployment, a change of the network or the database

## Served values differ from what had arrived (page)
- [ ] Cause "stale copy": gateways did not see newer rows. Check their clocks and their connections to the database or Valkey at [Settings](/settings), then restart the gateways one by one
- [ ] Cause "expired": the max age was checked against a wrong clock. Compare the gateways' clocks with the database's
- [ ] Cause "expression" or "unknown": report it with the view, the feature and the hour. Keep the prediction log of that hour
- [ ] Until it is fixed, let requests bring the values themselves, or roll back to {{previous_version}}, key **R** on the board /on-call {{when:rolled-back}}

## Served values differ from what is true (ticket)
- [ ] Cause "late": rows arrive after the model needed them. Ask the owner of the source, or train with the cut-off "arrival", which knows only what was there
- [ ] Cause "corrected": rows are written again with other values. Ask the owner of the source why, and train with the cut-off "arrival"
- [ ] Cause "clock ahead": a writer's clock is off
- [ ] Cause "history only": rows were written to the history only. Write them so that look-ups find them

## Before you leave
- [ ] On the page of the view, "≠ known" is no longer red: 6 hours after the fix at the latest. "≠ true" at its features takes up to two days {{when:mitigated}}
- [ ] List the predictions between {{started}} and the fix for the people who act on them
- [ ] Mark the cause on the timeline {{when:cause-found}}
`;
