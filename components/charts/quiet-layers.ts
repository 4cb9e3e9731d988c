/**
 * For the `ref` of what a chart stands in: takes the layers that recharts draws into out of the tab order. React listens to focus in
 * each of them, and Chromium lets the Tab key stop at any part of a picture that does.
 */
export function quietLayers(place: HTMLElement | null) {
  if (!place) return undefined;
  const quiet = () => {
    for (const layer of place.querySelectorAll('g[class^="recharts-zIndex-layer"]:not([tabindex])')) {
      layer.setAttribute("tabindex", "-1");
    }
  };
  quiet();
  const observer = new MutationObserver(quiet);
  observer.observe(place, { childList: true, subtree: true });
  return () => observer.disconnect();
}
