export const trainingJobs = `A training job fails, does not save, or does not start, or the month's budget is nearly spent. It does not affect users: it is a ticket.

## Which job?
- [ ] Acknowledge: key **A** on the board /on-call {{when:acknowledged}}
- [ ] Open [Jobs](/jobs?state=attention): each row shows the problem, and the page of the job has its log and attempts

## No checkpoint, or damaged ones
- [ ] Read the end of the log: does it save at all, and to LEEWAY_CHECKPOINT_DIR? Is the disk of the machine full?
- [ ] It saves in place: let it write under another name and rename it when it is complete, so that no half of it is taken
- [ ] Checkpoints are damaged: Leeway resumes from the newest intact one. Several in a row: suspect the disk or the memory of that machine
- [ ] It saves rarely on purpose: the page of the job advises an interval, computed from what saving takes and how often it is interrupted
- [ ] Stop it only after it has saved; what is lost otherwise is all since its last checkpoint

## Failed or lost
- [ ] Read the sentence at the top of its page: exit code, out of memory, or how often it was preempted or lost
- [ ] Its own fault: fix the program, and **Edit and re-run…** with its newest checkpoint in mind
- [ ] Out of memory: ask for more, or take a smaller batch
- [ ] Lost again and again: which machine? Choose another engine, or machines that stay
- [ ] Not a number, or an exploding gradient: see the runbook **Gradient explosion**

## Jobs wait, and nothing runs
- [ ] Open [Engines](/jobs/engines): does the engine respond? Its row shows since when it does not, and why
- [ ] It responds: check its own queue. Does the job request more cores, GPUs or memory than any machine has?
- [ ] No worker of Leeway runs, or it cannot reach the engine: see the log of the worker
- [ ] Move urgent jobs to another engine with **Edit and re-run…**

## The budget is nearly spent
- [ ] Open [Costs](/costs): which jobs took it? Stop what no one needs {{when:mitigated}}
- [ ] Give jobs a limit of their own, or raise the budget of the month; jobs that would exceed it wait until then

## Before you leave
- [ ] Record the cause {{when:cause-found}}
`;
