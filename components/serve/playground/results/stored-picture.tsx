import { TensorImage } from "#components/serve/tensors/tensor-image.tsx";
import type { seenPictures } from "./seen-pictures.ts";

/** Renders an image input of the history. */
export function StoredPicture({ picture }: { picture: ReturnType<typeof seenPictures>[number] }) {
  const { name, value, image } = picture;
  return <TensorImage value={value} spec={image} size={168} alt={`${name} as sent`} />;
}
