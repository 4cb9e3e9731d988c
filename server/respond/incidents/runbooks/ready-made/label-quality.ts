export const labelQuality = `Labels of a project are not good enough, or late. Rates, SLOs of quality and rollouts rest on the labels of its random audit.

## Which problem?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open the project that the alert names at [Label queue](/labels): agreement, suspected errors, and what is open

## People disagree
- [ ] Read the pairwise agreement: is it one person, or all of them? Gold accuracy says who is wrong
- [ ] Open **Review** and decide ten disagreements: which two classes are mixed up?
- [ ] Say in the guidelines how to tell them apart, with these items as examples, and publish a new version
- [ ] One person is wrong: talk to them, pause them under **People**, and see how many labels change without theirs

## Many labels look wrong
- [ ] Look at twenty suspected errors. If the model is wrong and not the labels, keep them: its probabilities need calibration
- [ ] The labels are wrong: **W** offers them again, to other people. Do not retrain before they are settled
- [ ] Find out when it began, and which versions of the guidelines the labels were given under

## The audit is late, or nobody labels
- [ ] Ask the annotators: are they away, paused, or without access?
- [ ] Under **Settings** of the project, draw fewer requests a day, or give a larger share of tasks from the audit
- [ ] Too few people: invite some, or accept fewer answers per item
- [ ] Nobody needs these labels any more: pause the project, which ends the alert

## Before you leave
- [ ] Compute agreement and suspected errors again on the page of the project {{when:mitigated}}
- [ ] Tell the owners of models that were trained on labels of this time
- [ ] Record the cause {{when:cause-found}}
`;
