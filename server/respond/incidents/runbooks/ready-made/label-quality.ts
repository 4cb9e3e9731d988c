export const labelQuality = `Labels of a project are unreliable or late. Rates, quality SLOs and rollouts depend on the labels of its random audit.

## Which problem?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the project that the alert names at [Label queue](/labels): agreement, suspected errors, and what is open

## People disagree
- [ ] Read the pairwise agreement: is it one person, or all of them? Gold accuracy shows who makes errors
- [ ] Open **Review** and decide ten disagreements: which two classes are mixed up?
- [ ] Explain in the guidelines how to distinguish them, with these items as examples, and publish a new version
- [ ] One person makes errors: talk to them, pause them under **People**, and check how many labels change without theirs

## Many suspected label errors
- [ ] Check twenty suspected errors. If the model is incorrect rather than the labels, keep the labels: its probabilities need calibration
- [ ] The labels are incorrect: **W** queues them again for other people. Do not retrain before they are settled
- [ ] Find out when it began, and which versions of the guidelines the labels were given under

## The audit is late, or no one labels
- [ ] Ask the annotators: are they away, paused, or without access?
- [ ] Under **Settings** of the project, draw fewer requests a day, or give a larger share of tasks from the audit
- [ ] Too few people: invite some, or accept fewer labels per item
- [ ] No one needs these labels any more: pause the project, which ends the alert

## Before you leave
- [ ] Compute agreement and suspected errors again on the page of the project {{when:mitigated}}
- [ ] Notify the owners of models trained on labels from this time range
- [ ] Record the cause {{when:cause-found}}
`;
