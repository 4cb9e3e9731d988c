import { seededRandom } from "#server/stats/random.ts";
import type { Node, Sources } from "./read-exports.ts";
import { positiveArguments, specialArguments } from "./special-arguments.ts";

/** Chooses values: of an ordinary call, at the ends of what a parameter may be, or what no number may be. */
export type Mode = "ordinary" | "extreme" | "not finite";

/** A parameter whose type has no maker. */
export class UncoveredType extends Error {}

interface Draw {
  mode: Mode;
  random: () => number;
  /** Whether its numbers of no known kind must be above 0. */
  isPositive: boolean;
  sources: Sources;
  file: string;
  /** Types of type parameters. */
  bound: ReadonlyMap<string, Node>;
  depth: number;
}

const pick = <T>(of: readonly T[], { random }: Pick<Draw, "random">): T => of[Math.floor(random() * of.length)] as T;

interface NumberKind {
  names: RegExp;
  ordinary: (random: () => number) => number;
  extreme: readonly number[];
}

/** Kinds of numbers by the name of a parameter or property; the first that fits. Others are any number. */
const numberKinds: readonly NumberKind[] = [
  // How often something is done, which takes as long as it says.
  {
    names:
      /^(pairs|players|runs|draws|resamples|permutations|iterations|steps|bins|groups|seed|splits|size|most|parts|wanted|hours|days|weeks|minutes|windows|length|width|horizon|periods|columns|features|tests|servers|lag|player|background|order|bin|equal|equalBin)$|(Seconds|seconds|PerWeek|PerSecond|PerMinute)$/,
    ordinary: (random) => 1 + Math.floor(random() * 5),
    extreme: [1, 2, 3],
  },
  { names: /^(alpha|beta|gate|tail)$/, ordinary: (random) => 0.001 + 0.2 * random(), extreme: [1e-9, 0.01, 0.2] },
  {
    names:
      /^(p|q|r|x|rho|w|theta|g|h)$|(level|probability|probabilities|chance|share|shares|budget|weight|auc|quantile|rate|rates|target|ratio|cutOff|completeness|confidence|limit|value|pace)$/i,
    ordinary: (random) => 0.05 + 0.9 * random(),
    extreme: [1e-300, 1e-9, 0.5, 1 - 1e-16],
  },
  {
    names:
      /^(v|a|b|scale|shape|standardError|tightestAt|deviation|inflation)$|(freedom|Freedom|support|numerator|denominator)$/,
    ordinary: (random) => 0.5 + 3 * random(),
    extreme: [1e-9, 1, 1e9],
  },
  {
    names:
      /^(n|k|m|bad|good|hits|misses|marked|drawn)$|(count|counts|rows|total|totals|positives|negatives|events|units|requests|observed|expected|reference|current|below|above|nulls|variance|squares|spread|dispersion|sum|mean|margin|truePositive|falsePositive|falseNegative|trueNegative|positive|negative)$/i,
    ordinary: (random) => Math.floor(1 + random() * 60),
    extreme: [0, -0, 1, 2, 1e9, 2 ** 53],
  },
];

const anyNumber = {
  ordinary: (random: () => number) => 4 * random() - 2,
  extreme: [0, -0, 1, -1, 1e-308, 1e15, -1e15, 1e70, -1e70],
};

const positiveNumber = {
  ordinary: (random: () => number) => 0.5 + 4 * random(),
  extreme: [1e-9, 1, 1e9],
};

function numberOf(name: string, draw: Draw): number {
  const kind = numberKinds.find(({ names }) => names.test(name)) ?? (draw.isPositive ? positiveNumber : anyNumber);
  if (draw.mode === "not finite" && draw.random() < 0.3) {
    return pick([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308], draw);
  }
  if (draw.mode === "extreme" && draw.random() < 0.6) return pick(kind.extreme, draw);
  return kind.ordinary(draw.random);
}

const lists = new Set(["Array", "ReadonlyArray", "ArrayLike", "Iterable", "Set", "ReadonlySet"]);
const typed: Record<string, (values: number[]) => unknown> = {
  Float64Array: (values) => Float64Array.from(values),
  Float32Array: (values) => Float32Array.from(values),
  Uint8Array: (values) => Uint8Array.from(values),
  Uint32Array: (values) => Uint32Array.from(values),
  Int32Array: (values) => Int32Array.from(values),
  Uint16Array: (values) => Uint16Array.from(values),
};

/** Lists of one call have the same length, as functions of several columns expect; empty ones are extreme. */
let lengthOfCall = 3;

/** Makes the arguments of one call. @throws UncoveredType */
export function makeArguments(
  sources: Sources,
  { file, name, parameters }: { file: string; name: string; parameters: Node[] },
  { mode, seed }: { mode: Mode; seed: number },
): unknown[] {
  const random = seededRandom(seed);
  const isFilled = file.includes("/drift/compatible/");
  lengthOfCall = pick(mode === "extreme" ? (isFilled ? [2, 8] : [0, 1, 2, 8]) : [2, 4, 8, 16], { random });
  const draw: Draw = {
    mode,
    random,
    isPositive: positiveArguments.has(name),
    sources,
    file,
    bound: new Map(),
    depth: 0,
  };
  const made: unknown[] = [];
  const special = specialArguments[name];
  if (special && mode !== "not finite") return special(random);
  for (const parameter of parameters) {
    // Defaults are used half of the time, which leaves out what follows.
    if (parameter.type === "AssignmentPattern" && random() < 0.5) break;
    made.push(parameterOf(parameter, draw));
  }
  return made;
}

function parameterOf(parameter: Node, draw: Draw): unknown {
  if (parameter.type === "AssignmentPattern") {
    const type = parameter.left.typeAnnotation?.typeAnnotation;
    if (type) return make(type, parameter.left.name ?? "", draw);
    return defaultOf(parameter.right, parameter.left, draw);
  }
  const type = parameter.typeAnnotation?.typeAnnotation;
  if (!type) throw new UncoveredType(`parameter ${parameter.name ?? parameter.type} has no type`);
  return make(type, parameter.name ?? "", draw);
}

/** Makes a value like a default: a number, or an object whose properties have defaults. */
function defaultOf(value: Node, pattern: Node, draw: Draw): unknown {
  if (pattern.type === "ObjectPattern") {
    const made: Record<string, unknown> = {};
    for (const property of pattern.properties) {
      if (property.value?.type !== "AssignmentPattern" || draw.random() < 0.5) continue;
      made[property.key.name] = defaultOf(property.value.right, property.value.left, draw);
    }
    return made;
  }
  if (value.type === "Literal" && typeof value.value === "boolean") return draw.random() < 0.5;
  if (value.type === "Literal" && typeof value.value === "string") return value.value;
  return numberOf(pattern.name ?? "", draw);
}

function make(type: Node, name: string, draw: Draw): unknown {
  if (draw.depth > 12) throw new UncoveredType(`type of ${name} is too deep`);
  const inner = { ...draw, depth: draw.depth + 1 };
  switch (type.type) {
    case "TSNumberKeyword":
      return numberOf(name, draw);
    case "TSStringKeyword":
      return pick(["a", "b", "c", ""], draw);
    case "TSBooleanKeyword":
      return draw.random() < 0.5;
    case "TSNullKeyword":
      return null;
    case "TSUndefinedKeyword":
    case "TSVoidKeyword":
      return undefined;
    case "TSUnknownKeyword":
      return "a";
    case "TSLiteralType":
      return type.literal.value;
    case "TSUnionType":
      return make(pick(type.types as Node[], draw), name, inner);
    case "TSParenthesizedType":
      return make(type.typeAnnotation, name, inner);
    case "TSTypeOperator":
      if (type.operator === "keyof") return pick(keysOf(type.typeAnnotation, inner), draw);
      return make(type.typeAnnotation, name, inner);
    case "TSArrayType":
      return listOf(type.elementType, name, inner);
    case "TSTupleType":
      return type.elementTypes.map((element: Node) => make(element.elementType ?? element, name, inner));
    case "TSNamedTupleMember":
      return make(type.elementType, name, inner);
    case "TSTypeLiteral":
      return objectOf(type.members, inner);
    case "TSIntersectionType":
      return Object.assign({}, ...type.types.map((part: Node) => make(part, name, inner)));
    case "TSFunctionType":
      return () => make(type.returnType.typeAnnotation, name, inner);
    case "TSTypeReference":
      return referenceOf(type, name, inner);
    case "TSIndexedAccessType":
      return make(propertyOf(type.objectType, type.indexType, inner), name, inner);
    default:
      throw new UncoveredType(`no value for ${type.type} of ${name}`);
  }
}

function listOf(element: Node, name: string, draw: Draw): unknown[] {
  return Array.from({ length: lengthOfCall }, () => make(element, name, draw));
}

function objectOf(members: Node[], draw: Draw): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (const member of members) {
    if (member.type !== "TSPropertySignature") {
      if (member.type === "TSMethodSignature") {
        made[member.key.name] = () => make(member.returnType.typeAnnotation, member.key.name, draw);
        continue;
      }
      throw new UncoveredType(`no value for ${member.type}`);
    }
    if (member.optional && draw.random() < 0.5) continue;
    const key = member.key.name ?? member.key.value;
    made[key] = make(member.typeAnnotation.typeAnnotation, key, draw);
  }
  return made;
}

function referenceOf(type: Node, name: string, draw: Draw): unknown {
  const named = type.typeName.name as string;
  const given: Node[] = type.typeArguments?.params ?? [];
  if (named === "Random") return seededRandom(Math.floor(draw.random() * 1e9));
  if (lists.has(named)) {
    const values = listOf(given[0], name, draw);
    return named.endsWith("Set") ? new Set(values) : values;
  }
  const array = typed[named];
  if (array) return array(listOf({ type: "TSNumberKeyword" }, name, draw) as number[]);
  if (named === "Map" || named === "ReadonlyMap") {
    return new Map(listOf(given[0], name, draw).map((key) => [key, make(given[1], name, draw)]));
  }
  if (named === "Record")
    return Object.fromEntries(recordKeys(given[0], draw).map((key) => [key, make(given[1], key, draw)]));
  if (named === "Readonly" || named === "Partial" || named === "Required" || named === "NonNullable") {
    return make(given[0], name, draw) ?? make(given[0], name, draw);
  }
  if (named === "Pick" || named === "Omit") {
    const whole = make(given[0], name, draw) as Record<string, unknown>;
    const keys = new Set(recordKeys(given[1], draw));
    return Object.fromEntries(Object.entries(whole).filter(([key]) => keys.has(key) === (named === "Pick")));
  }
  const bound = draw.bound.get(named);
  if (bound) return make(bound, name, draw);
  const found = declarationOf(named, draw);
  if (!found) throw new UncoveredType(`no value for type ${named} of ${name}`);
  const declared = found.node;
  const parameters: Node[] = declared.typeParameters?.params ?? [];
  const inner = {
    ...draw,
    file: found.file,
    bound: new Map([
      ...draw.bound,
      ...parameters.map((one, at): [string, Node] => [
        one.name.name ?? one.name,
        given[at] ?? one.default ?? one.constraint,
      ]),
    ]),
  };
  if (declared.type === "TSTypeAliasDeclaration") return make(declared.typeAnnotation, name, inner);
  const bases = (declared.extends ?? []).map((base: Node) =>
    make(
      { type: "TSTypeReference", typeName: { name: base.expression.name }, typeArguments: base.typeArguments },
      name,
      inner,
    ),
  );
  return Object.assign({}, ...bases, objectOf(declared.body.body, inner));
}

function declarationOf(name: string, { sources, file }: Draw): { file: string; node: Node } | undefined {
  let key = `${file} ${name}`;
  for (let next = sources.imports.get(key); next; next = sources.imports.get(key)) key = next;
  return sources.types.get(key);
}

function recordKeys(type: Node, draw: Draw): string[] {
  if (type.type === "TSLiteralType") return [type.literal.value];
  if (type.type === "TSUnionType") return type.types.flatMap((part: Node) => recordKeys(part, draw));
  if (type.type === "TSStringKeyword" || type.type === "TSNumberKeyword") return ["1", "2", "5"].slice(0, lengthOfCall);
  if (type.type === "TSTypeOperator" && type.operator === "keyof") return keysOf(type.typeAnnotation, draw);
  const found = type.typeName && declarationOf(type.typeName.name, draw);
  const declared = found?.node;
  if (!declared?.typeAnnotation) throw new UncoveredType("keys of a record are unknown");
  return recordKeys(declared.typeAnnotation, { ...draw, file: found.file });
}

function keysOf(type: Node, draw: Draw): string[] {
  if (type.type === "TSTypeQuery") {
    const keys = draw.sources.keys.get(type.exprName.name);
    if (keys) return keys;
  }
  const declared = type.typeName ? declarationOf(type.typeName.name, draw)?.node : type;
  const members = declared?.body?.body ?? declared?.members ?? declared?.typeAnnotation?.members ?? [];
  if (members.length === 0) throw new UncoveredType("keys of a type are unknown");
  return members.map((member: Node) => member.key.name);
}

function propertyOf(type: Node, index: Node, draw: Draw): Node {
  const declared = declarationOf(type.typeName?.name, draw)?.node;
  const members: Node[] = declared?.body?.body ?? [];
  const found = members.find((member) => member.key?.name === index.literal?.value);
  if (found) return found.typeAnnotation.typeAnnotation;
  throw new UncoveredType("a property type is unknown");
}
