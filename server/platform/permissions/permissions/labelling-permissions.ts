import type { Permission } from "./permission.ts";

/** Label projects. Viewers see numbers, not items; members label and manage projects; operators review and decide about people. */
export const labellingPermissions = {
  listLabelProjects: { role: "viewer", scope: "labels:read" },
  getLabelProject: { role: "viewer", scope: "labels:read" },
  listGuidelines: { role: "viewer", scope: "labels:read" },
  createLabelProject: { role: "member", scope: "labels:manage" },
  updateLabelProject: { role: "member", scope: "labels:manage" },
  publishGuideline: { role: "member", scope: "labels:manage" },
  addTasks: { role: "member", scope: "labels:manage" },
  deleteLabelTasks: { role: "member", scope: "labels:manage" },
  listLabelTasks: { role: "member", scope: "labels:read" },
  getLabelTask: { role: "member", scope: "labels:read" },
  nextLabelTask: { role: "member", scope: "labels" },
  renewLabelLeases: { role: "member", scope: "labels" },
  releaseLabelTask: { role: "member", scope: "labels" },
  skipLabelTask: { role: "member", scope: "labels" },
  answerLabelTask: { role: "member", scope: "labels" },
  undoAnswer: { role: "member", scope: "labels" },
} as const satisfies Record<string, Permission>;
