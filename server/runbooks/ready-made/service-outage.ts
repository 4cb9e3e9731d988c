export const serviceOutage = `{{endpoint}} fails requests faster than its objective allows, since {{started}}. First make it answer, then find out why.

## Who is affected
- [ ] Acknowledge: key **A** on the board /on-call. Others then know that somebody works on it. {{when:acknowledged}}
- [ ] Open [the endpoint](/endpoints/{{endpoint}}) and read error rate and traffic: does it fail for all, or for some callers?
- [ ] Say how bad it is on the page of the incident: SEV1 when all users or money are at risk, SEV2 when it is part of them

## What changed
- [ ] Read the markers on the chart: deploys, rollouts, settings and data loads of the two hours before {{started}}
- [ ] Open the newest failed predictions at [the log](/endpoints/{{endpoint}}/predictions?q=status%20%3E%3D%20500) and read their errors
- [ ] Ask /health/ready of each role whether gateway, worker and database answer, and look how full the disk is

## Make it answer
- [ ] Version {{version}} is new and fails: roll back to {{previous_version}}, key **R** on the board /on-call or on the page of [the endpoint](/endpoints/{{endpoint}}) {{when:rolled-back}}
- [ ] It fails without a new version: look at the setting that changed, and set it back on [its settings](/endpoints/{{endpoint}}/settings)
- [ ] A gateway is gone: start it again; others take its requests meanwhile
- [ ] Nothing changed here: ask whoever sends the requests, and whoever owns what the model reads from

## Before you leave
- [ ] The error rate is below its target for 15 min: Leeway then calls the incident mitigated {{when:mitigated}}
- [ ] Mark the event that caused it as the probable cause on the timeline {{when:cause-found}}
- [ ] Write down as an action what would have found it earlier
`;
