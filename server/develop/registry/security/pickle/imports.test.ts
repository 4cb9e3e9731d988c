import { expect, test } from "vitest";
import { classifyImport } from "./imports.ts";

test.each([
  "os system",
  "posix system",
  "nt system",
  "subprocess Popen",
  "builtins eval",
  "builtins exec",
  "builtins __import__",
  "builtins getattr",
  "__builtin__ eval",
  "commands getoutput",
  "socket create_connection",
  "runpy run_path",
  "pty spawn",
  "shutil rmtree",
  "importlib import_module",
  "importlib.util spec_from_file_location",
  "operator attrgetter",
  "functools partial",
  "types CodeType",
  "cloudpickle.cloudpickle subimport",
  "numpy.testing._private.utils runstring",
  "numpy load",
  "torch load",
  "torch.hub load",
  "torch._inductor.codecache compile_file",
  "pandas read_pickle",
  "joblib load",
  "numpy testing.os.system",
  "sklearn.utils os.system",
])("classifies %s as dangerous", (imported) => {
  expect(classifyImport(imported)).toBe("dangerous");
});

test.each([
  "collections OrderedDict",
  "builtins set",
  "builtins ValueError",
  "numpy ndarray",
  "numpy dtype",
  "numpy float32",
  "numpy._core.multiarray _reconstruct",
  "numpy.random._pickle __randomstate_ctor",
  "torch._utils _rebuild_tensor_v2",
  "torch FloatStorage",
  "torch.nn.modules.linear Linear",
  "sklearn.ensemble._forest RandomForestClassifier",
  "sklearn.tree._tree Tree",
  "scipy.sparse._csr csr_matrix",
  "pandas.core.frame DataFrame",
  "pandas.core.internals.managers _unpickle_block",
  "xgboost.sklearn XGBClassifier",
])("classifies %s as known", (imported) => {
  expect(classifyImport(imported)).toBe("known");
});

test.each(["my_package Model", "torch.storage _load_from_bytes", "transformers BertModel", "numpy Outer.Inner"])(
  "classifies %s as unknown",
  (imported) => {
    expect(classifyImport(imported)).toBe("unknown");
  },
);
