import { imageFieldOf, type Signatures } from "#components/serve/predictions/predictions-table.tsx";
import { storedTensors } from "#components/serve/predictions/shown-prediction.ts";
import { TensorImage } from "#components/serve/tensors/tensor-image.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatNumber, plural, truncateMiddle } from "#components/ui/format.ts";
import type { LoggedTensor } from "#server/serve/protocol/contract.ts";
import classes from "./logged-tensors.module.css";
import { picturesOf } from "./picture-file.ts";
import { layoutTensors, type TensorTable } from "./tensor-table.ts";

interface LoggedTensorsProps {
  tensors: readonly LoggedTensor[];
  signature: Signatures[string] | undefined;
}

/** Renders tensors by their content: images, tables of rows, numbers; tensors that were not stored show the reason. */
export function LoggedTensors({ tensors, signature }: LoggedTensorsProps) {
  const field = imageFieldOf(signature);
  const isImage = (tensor: LoggedTensor) =>
    tensor.data !== undefined && tensor.name === field?.name && tensor.shape[0] === 1;
  const pictures = tensors.filter((tensor) => isImage(tensor) || picturesOf(tensor).length > 0);
  const { table, others } = layoutTensors(tensors.filter((tensor) => !pictures.includes(tensor)));
  return (
    <div className={classes.root}>
      {pictures.length > 0 && (
        <div className={classes.pictures}>
          {pictures.map((tensor) => {
            const [kept] = storedTensors([tensor]);
            return field && kept && isImage(tensor) ? (
              <figure className={classes.figure} key={tensor.name}>
                <TensorImage
                  value={kept}
                  spec={field.image}
                  size={160}
                  alt={`${tensor.name} as received by the model`}
                />
                <Caption tensor={tensor} words="as received by the model" />
              </figure>
            ) : (
              <Files tensor={tensor} key={tensor.name} />
            );
          })}
        </div>
      )}
      {table && <Table table={table} />}
      {others.map((tensor) => (
        <Values tensor={tensor} key={tensor.name} />
      ))}
    </div>
  );
}

function Caption({ tensor: { name, datatype, shape }, words }: { tensor: LoggedTensor; words?: string }) {
  return (
    <figcaption className="lw-small">
      {name}{" "}
      <code className="lw-quiet">
        {datatype} [{shape.join(", ")}]
      </code>
      {words && <span className="lw-quiet"> {words}</span>}
    </figcaption>
  );
}

const maxFiles = 12;

function Files({ tensor }: { tensor: LoggedTensor }) {
  const addresses = picturesOf(tensor);
  return (
    <figure className={classes.figure}>
      <div className={classes.pictures}>
        {addresses.slice(0, maxFiles).map((address, row) => (
          // biome-ignore lint/performance/noImgElement: bytes of the log, not an asset
          // biome-ignore lint/suspicious/noArrayIndexKey: the row is the identity
          <img className={classes.file} src={address} alt={`${tensor.name}, row ${row}, as sent`} key={row} />
        ))}
      </div>
      <Caption tensor={tensor} words="as sent" />
    </figure>
  );
}

function Table({ table: { columns, rows, total } }: { table: TensorTable }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: wide tables are scrolled by keys
    <section className={classes.scroll} aria-label="Request rows, scrolls horizontally" tabIndex={0}>
      <table className={classes.table} aria-label="Request rows">
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" key={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the row is the identity
            <tr key={at}>
              {row.map((value, index) => (
                <td data-align={typeof value === "number" ? "right" : undefined} key={columns[index]}>
                  {typeof value === "number" ? formatNumber(value) : String(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {total > rows.length && (
        <p className="lw-small lw-quiet">
          First {rows.length} of {plural(total, "row")}.
        </p>
      )}
    </section>
  );
}

function Values({ tensor }: { tensor: LoggedTensor }) {
  const { data, sha256 } = tensor;
  return (
    <figure className={classes.figure}>
      <Caption tensor={tensor} />
      {data ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: many values are scrolled by keys
        <pre className={`${classes.values} lw-mono`} tabIndex={0}>
          {data.join(", ")}
        </pre>
      ) : sha256 ? (
        <span className="lw-quiet">
          redacted, SHA-256 <code title={sha256}>{truncateMiddle(sha256, 20)}</code>{" "}
          <CopyButton value={sha256} label={`Copy the digest of ${tensor.name}`} />
        </span>
      ) : (
        <span className="lw-quiet">not stored</span>
      )}
    </figure>
  );
}
