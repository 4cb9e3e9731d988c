export const serviceOutage = `{{endpoint}} has been failing more requests than its SLO allows since {{started}}. Restore service first, then find the cause.

## Who is affected
- [ ] Acknowledge: key **A** on the board /on-call. This shows others that you are working on it. {{when:acknowledged}}
- [ ] Open [the endpoint](/endpoints/{{endpoint}}) and check error rate and traffic: are all callers affected, or only some?
- [ ] Set the incident severity: SEV1 if all users or money are at risk, SEV2 if some users are affected

## What changed
- [ ] Read the markers on the chart: deploys, rollouts, settings and data loads of the two hours before {{started}}
- [ ] Open the latest failed predictions in [the log](/endpoints/{{endpoint}}/predictions?q=status%20%3E%3D%20500) and read their errors
- [ ] Check /health/ready of each role for gateway, worker and database, and check disk usage

## Restore service
- [ ] Version {{version}} is new and fails: roll back to {{previous_version}}, key **R** on the board /on-call or on the page of [the endpoint](/endpoints/{{endpoint}}) {{when:rolled-back}}
- [ ] It fails without a new version: revert the changed setting in [its settings](/endpoints/{{endpoint}}/settings)
- [ ] A gateway is down: restart it; the others serve its requests meanwhile
- [ ] Nothing changed here: contact the callers and the owners of upstream data

## Before you leave
- [ ] The error rate is below its target for 15 min: Leeway then marks the incident as mitigated {{when:mitigated}}
- [ ] Mark the event that caused it as the probable cause on the timeline {{when:cause-found}}
- [ ] Add an action for what would have detected it earlier
`;
