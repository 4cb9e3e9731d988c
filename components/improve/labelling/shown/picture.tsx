"use client";

import { useEffect, useRef, useState } from "react";
import classes from "./shown.module.css";
import type { ShownPicture } from "./shown-picture.ts";

interface PictureProps {
  picture: Exclude<ShownPicture, { kind: "elsewhere" }>;
  alt: string;
  hasContrast?: boolean;
  /** Called with width by height once it is known. */
  onAspect?: (aspect: number) => void;
  onGone?: () => void;
}

/** Fills its parent with a picture. Few pixels stay squares: they are what the model gets. */
export function Picture({ picture, alt, hasContrast, onAspect, onGone }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isSmall, setIsSmall] = useState(false);
  useEffect(() => {
    if (picture.kind !== "pixels") return;
    const image = new ImageData(picture.rgba, picture.width, picture.height);
    canvas.current?.getContext("2d")?.putImageData(image, 0, 0);
    onAspect?.(picture.width / picture.height);
  }, [picture, onAspect]);
  const look = { className: classes.picture, "data-contrast": hasContrast || undefined };
  if (picture.kind === "pixels") {
    return (
      <canvas
        {...look}
        ref={canvas}
        width={picture.width}
        height={picture.height}
        data-small
        {...(alt === "" ? { "aria-hidden": true } : { role: "img", "aria-label": alt })}
      />
    );
  }
  return (
    // biome-ignore lint/performance/noImgElement: the address needs the session, which Next's image service does not have
    <img
      {...look}
      src={picture.src}
      alt={alt}
      draggable={false}
      data-small={isSmall || undefined}
      ref={(image) => {
        // It may have loaded, or failed, before the page was hydrated.
        if (!image?.complete) return;
        if (image.naturalWidth > 0) onAspect?.(image.naturalWidth / image.naturalHeight);
      }}
      onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => {
        setIsSmall(naturalWidth < 200);
        onAspect?.(naturalWidth / naturalHeight);
      }}
      onError={onGone}
    />
  );
}
