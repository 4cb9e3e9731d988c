import { toast } from "#components/ui/toast.tsx";

/** Copies the address of the present view and says so. */
export async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(window.location.href);
    toast.done("Link copied.");
  } catch {
    toast.failed("The link could not be copied.", "Copy it from the address bar of the browser.");
  }
}
