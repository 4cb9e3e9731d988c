/** Risk of a name that a pickle imports. */
export type ImportDanger = "dangerous" | "known" | "unknown";

/**
 * Modules of which nothing belongs into a model: they run programs or code, open connections, touch files, or load more pickles.
 * Gathered from the lists of picklescan and fickling, and the advisories about names that those had missed.
 */
const dangerousModules = new Set(
  `os posix nt posixpath ntpath subprocess commands pty popen2 sys site runpy code imp importlib pkgutil zipimport pip ensurepip venv
  shutil tempfile glob fileinput socket _socket ssl select selectors asyncio aiohttp requests urllib urllib2 urllib3 http httplib
  ftplib smtplib poplib imaplib telnetlib nntplib xmlrpc webbrowser ctypes _ctypes cffi mmap signal threading thread _thread
  multiprocessing pickle _pickle cPickle dill marshal shelve dbm bdb pdb cProfile profile timeit trace doctest unittest pydoc
  lib2to3 idlelib distutils setuptools inspect gc platform pwd grp resource syslog sched antigravity rlcompleter test`.split(
    /\s+/,
  ),
);

/** Names that are dangerous although their module is not. */
const dangerousNames: readonly RegExp[] = [
  /^(builtins|__builtin__) (eval|exec|execfile|compile|open|file|input|getattr|setattr|delattr|globals|locals|vars|apply|breakpoint|__import__|memoryview|help|exit|quit)$/,
  /^_?operator (attrgetter|methodcaller|itemgetter|call)$/,
  /^functools (partial|reduce|partialmethod)$/,
  /^codecs (open|decode|encode)$/,
  /^_?io (open|open_code|FileIO|OpenWrapper)$/,
  /^types (CodeType|FunctionType|LambdaType|ModuleType)$/,
  /^cloudpickle(\.\S+)? (subimport|dynamic_subimport|_builtin_import|loads?)$/,
  /^numpy(\.\S+)? (load|save|savez|savetxt|loadtxt|genfromtxt|fromfile|memmap|runstring|exec_command|fromregex|DataSource)$/,
  /^numpy\.(testing|distutils|f2py|ctypeslib)\b/,
  /^pandas(\.\S+)? (read_\w+|eval|to_\w+)$/,
  /^pandas\.(io|core\.computation)\b/,
  /^scipy\.io\b/,
  /^joblib(\.\S+)? (load|dump|Memory)$/,
  /^torch(\.\S+)? (load|save|compile_file|load_config|run|load_url|load_state_dict_from_url|execWrapper|evaluate_guards_expression)$/,
  /^torch\.(hub|_inductor|_dynamo|utils\.(bottleneck|collect_env|cpp_extension|data\.datapipes)|distributed|multiprocessing|package)\b/,
  /^tensorflow(\.\S+)? (load_library|load_op_library|read_file|write_file|py_function|numpy_function)$/,
];

/** Patterns of the imports that models commonly consist of. */
const knownNames: readonly RegExp[] = [
  /^(builtins|__builtin__) (set|frozenset|list|dict|tuple|int|long|float|complex|bool|str|unicode|bytes|bytearray|object|slice|range|xrange|type|Ellipsis|NotImplemented|property|[A-Z]\w*(Error|Exception|Warning))$/,
  /^collections (OrderedDict|defaultdict|deque|Counter|namedtuple|ChainMap|UserDict)$/,
  /^(copyreg|copy_reg) (_reconstructor|__newobj__|__newobj_ex__)$/,
  /^_codecs encode$/,
  /^datetime \w+$/,
  /^decimal Decimal$/,
  /^fractions Fraction$/,
  /^uuid (UUID|SafeUUID)$/,
  /^pathlib (Pure)?(Posix|Windows)?Path$/,
  /^argparse Namespace$/,
  /^(array array|array _array_reconstructor)$/,
  /^numpy (ndarray|dtype|matrix|ufunc|bool_?|[a-z]+\d+|float_?|int_?|str_|bytes_|void|object_)$/,
  /^numpy\.(core|_core)\.multiarray (_reconstruct|scalar)$/,
  /^numpy\.(core|_core)\.(numeric _frombuffer|_internal _convert_to_stringdtype_kwargs|_multiarray_umath _reconstruct)$/,
  /^numpy\.dtypes \w+DType$/,
  /^numpy\.random(\.\w+)* \w+$/,
  /^numpy\.ma\.core (_mareconstruct|MaskedArray)$/,
  /^scipy\.(sparse|spatial|interpolate|stats|special)(\.\w+)* \w+$/,
  /^sklearn(\.\w+)* (_?[A-Z]\w*|__pyx_unpickle_\w+|newObj)$/,
  /^joblib\.numpy_pickle(_utils)? (NumpyArrayWrapper|NDArrayWrapper|ZNDArrayWrapper)$/,
  /^pandas(\.(core|_libs)(\.\w+)*)? (_?[A-Z]\w*|_new_\w+|new_block|\w{0,40}unpickle_\w+)$/,
  /^(xgboost|lightgbm|catboost)(\.\w+)* [A-Z_]\w+$/,
  /^torch (Size|device|dtype|Tensor|layout|\w+Storage|[a-z]+\d+|float|double|half|bfloat16|int|long|short|bool|strided)$/,
  /^torch\._utils _rebuild_\w+$/,
  /^torch\._tensor _rebuild_from_type_v2$/,
  /^torch\.(storage \w+Storage|serialization _get_layout|nn\.parameter \w+)$/,
  /^torch\.(nn|optim|distributions)(\.\w+)* [A-Z]\w*$/,
  /^torch\.nn\.functional \w+$/,
];

/** Classifies one import, "module name", by lists: one that is on neither list is unknown and needs a manual review. */
export function classifyImport(imported: string): ImportDanger {
  const [module = "", name = ""] = imported.split(" ");
  const [top = ""] = module.split(".");
  if (dangerousModules.has(top) || dangerousNames.some((pattern) => pattern.test(imported))) return "dangerous";
  // A name with dots walks through a module's attributes, and so to whatever that module has imported: "testing.os.system".
  if (name.split(".").length > 1) {
    return name.split(".").some((part) => dangerousModules.has(part)) ? "dangerous" : "unknown";
  }
  return knownNames.some((pattern) => pattern.test(imported)) ? "known" : "unknown";
}
