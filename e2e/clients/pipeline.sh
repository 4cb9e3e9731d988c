#!/bin/sh
# Takes a model from a build into Leeway: registers it, waits until its file is inspected, runs its gates, and then requests a
# promotion, deploys, or rolls it out and waits for the verdict. Needs curl only.
#
#   LEEWAY_URL=https://leeway.example.org LEEWAY_TOKEN=lw_… \
#     pipeline.sh MODEL SOURCE [--promote ALIAS] [--deploy ENDPOINT] [--rollout ENDPOINT --plan FILE [--wait SECONDS]] [--reason WORDS]
#
# SOURCE is an ONNX file, or what MLflow calls a source: runs:/RUN_ID/model. FILE holds the plan of a rollout as JSON.
# Exits with 0 on success (of a rollout: promoted), 1 when a gate blocked, a request failed or the version was rolled
# back, 2 on wrong usage, 3 when the rollout did not end in time; it continues then. An interrupt rolls it back.
set -eu

: "${LEEWAY_URL:?is not set}" "${LEEWAY_TOKEN:?is not set}"
[ $# -ge 2 ] || { sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2; }
model=$1 source=$2 alias='' endpoint='' rolled='' plan='' patience=86400 reason="Built by CI"
shift 2
while [ $# -gt 1 ]; do
  case $1 in
    --promote) alias=$2 ;;
    --deploy) endpoint=$2 ;;
    --rollout) rolled=$2 ;;
    --plan) plan=$2 ;;
    --wait) patience=$2 ;;
    --reason) reason=$2 ;;
    *) echo "Unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
[ -z "$rolled" ] || [ -r "$plan" ] || { echo "--rollout requires --plan with a readable file." >&2; exit 2; }

# api METHOD PATH [CURL OPTIONS]: prints the response; an error ends the pipeline with the server's message.
api() {
  method=$1 path=$2
  shift 2
  answer=$(curl --silent --show-error --fail-with-body --retry 5 --request "$method" \
    --header "Authorization: Bearer $LEEWAY_TOKEN" "$@" "$LEEWAY_URL/api/v1/$path") || {
    echo "$method $path failed: $answer" >&2
    exit 1
  }
  printf '%s\n' "$answer"
}
json() { method=$1 path=$2 body=$3; shift 3; api "$method" "$path" --header 'Content-Type: application/json' --data "$body" "$@"; }
# text NAME, number NAME: the first value of that name in the JSON on standard input; texts: all of them.
text() { texts "$1" | head -n 1; }
texts() { grep -Eo "\"($1)\":\"([^\"\\\\]|\\\\.)*\"" | sed 's/^"[^"]*":"//; s/"$//; s/\\\(.\)/\1/g'; }
number() { grep -o "\"$1\":[0-9]*" | head -n 1 | cut -d : -f 2; }

case $source in
  *:/*) registered=$(json POST "models/$model/registrations" "{\"source\":\"$source\"}" \
    --header "Idempotency-Key: ${CI_KEY:-$model-$$-$(date +%s)}") ;;
  *) registered=$(api POST "models/$model/versions" --header 'Content-Type: application/octet-stream' --data-binary "@$source") ;;
esac
version=$(printf '%s\n' "$registered" | number version)
here="models/$model/versions/$version"
echo "Registered $model v$version."

# Leeway inspects the file in a job.
tries=0
while state=$(api GET "$here" | text inspection) && [ "$state" = pending ]; do
  tries=$((tries + 1))
  [ $tries -lt 150 ] || { echo "The file was not inspected within five minutes." >&2; exit 1; }
  sleep 2
done
[ "$state" = servable ] || { api GET "$here" | text inspectionMessage >&2; exit 1; }
echo "It is servable."

# The gates of the model's policy, compared with the version that the alias points to.
compared=${alias:-champion}
checklist=$(api GET "$here/checklist?alias=$compared")
if printf '%s\n' "$checklist" | grep -q '"gates":\[\]'; then
  echo "The policy has no gates."
else
  json POST "$here/gate-check" "{\"alias\":\"$compared\"}" > /dev/null
  tries=0
  while checklist=$(api GET "$here/checklist?alias=$compared") && printf '%s\n' "$checklist" | grep -Eq '"standing":"(not-run|stale)"'; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || { echo "The gates did not run within two minutes." >&2; exit 1; }
    sleep 2
  done
  printf '%s\n' "$checklist" | texts 'title|standing|words' | sed 's/^/  /'
  printf '%s\n' "$checklist" | grep -q '"isClear":true' || { echo "A gate blocks this version: $LEEWAY_URL/models/$model/v$version" >&2; exit 1; }
  echo "Every gate has passed or is waived."
fi

if [ -n "$alias" ]; then
  wish="{\"version\":$version,\"alias\":\"$alias\",\"reason\":\"$reason\"}"
  request=$(json POST "models/$model/promotions" "$wish" --header "Idempotency-Key: $model-$version-$alias" | text id)
  echo "Requested that $alias points to v$version; someone else must approve it: $LEEWAY_URL/models/$model/v$version#request-$request"
fi
if [ -n "$endpoint" ]; then
  json POST "endpoints/$endpoint/deployments" "{\"model\":\"$model\",\"version\":$version,\"reason\":\"$reason\"}" > /dev/null
  echo "v$version is deployed to $endpoint and serves once it is loaded."
fi

[ -n "$rolled" ] || exit 0
wish="{\"endpoint\":\"$rolled\",\"model\":\"$model\",\"version\":$version,\"reason\":\"$reason\",\"plan\":$(cat "$plan")}"
rollout=$(json POST rollouts "$wish" --header "Idempotency-Key: rollout-$model-$version-$rolled" | text id)
[ -n "$rollout" ] || exit 1
echo "Rolling out v$version to $rolled: $LEEWAY_URL/rollouts/$rollout"
abort() {
  trap - INT TERM
  json POST "rollouts/$rollout/rollback" '{"reason":"The pipeline was interrupted"}' > /dev/null
  echo "Interrupted: v$version was rolled back." >&2
  exit 1
}
trap abort INT TERM

# The newest line of its log, where it is another one.
told=''
ends=$(($(date +%s) + patience))
while :; do
  phase=$(api GET "rollouts/$rollout" | text phase)
  words=$(api GET "rollouts/$rollout/decisions?limit=1" | text words)
  [ "$words" = "$told" ] || printf '  %s\n' "$words"
  told=$words
  case $phase in
    promoted) echo "$rolled serves v$version."; exit 0 ;;
    rolled-back) echo "v$version was rolled back: $words" >&2; exit 1 ;;
  esac
  [ "$(date +%s)" -lt "$ends" ] || { echo "Still in progress after $patience s; the rollout continues: $LEEWAY_URL/rollouts/$rollout" >&2; exit 3; }
  sleep 2
done
