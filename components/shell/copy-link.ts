import { toast } from "#components/ui/toast.tsx";

/** Copies the address of the present view, with the workspace it is in, and says so. */
export async function copyLink(workspaceSlug: string): Promise<void> {
  const { origin, pathname, search, hash } = window.location;
  try {
    await navigator.clipboard.writeText(`${origin}/w/${workspaceSlug}${pathname}${search}${hash}`);
    toast.done("Link copied.");
  } catch {
    toast.failed("Could not copy the link.", "Copy it from the address bar instead.");
  }
}
