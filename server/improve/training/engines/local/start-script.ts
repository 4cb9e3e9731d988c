/**
 * The shell around a program that outlives the worker. Its first step decides which of several copies runs, so a submit may be repeated at any
 * moment. It writes its process id, forwards SIGTERM, and leaves the exit code in a file, since nobody may be there to see the end.
 * Arguments: the folder, then the command.
 */
export const startScript = `
folder=$1; shift
mkdir "$folder/run" 2>/dev/null || exit 0
echo $$ > "$folder/run/pid.new" && mv "$folder/run/pid.new" "$folder/run/pid"
cd "$folder/work" || exit 126
"$@" >> "$folder/output.log" 2>&1 &
child=$!
trap 'kill -TERM $child 2>/dev/null' TERM INT
wait $child; code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
# A signal that arrives with the end interrupts the wait, whose code is then that of the signal; another wait has the program's, or 127.
if [ $code -gt 128 ]; then wait $child 2>/dev/null; late=$?; [ $late -eq 127 ] || code=$late; fi
echo $code > "$folder/run/code.new" && mv "$folder/run/code.new" "$folder/run/code"
`;
