/**
 * The conformance cases of docs/spec/open-inference-protocol.md, by group: their names are those of tests in this folder. The group says the file,
 * but a case that shares a scene with others may be tested beside them.
 */
export const cases: Record<string, string> = {
  health: `
    health_live health_ready health_ready_while_stable_loading health_ready_ignores_canary health_wrong_method
    server_metadata server_metadata_slash unknown_path`,
  metadata: `
    list_models model_metadata model_metadata_version model_metadata_unknown model_metadata_unknown_version
    model_metadata_bad_version model_metadata_long_name model_ready model_ready_version model_ready_not_served
    model_ready_loading`,
  infer: `
    infer_json_flat infer_json_nested infer_json_odd_nesting infer_batch infer_id_echo infer_id_unicode
    infer_id_empty infer_id_number infer_no_id infer_version infer_default_version infer_version_not_served
    infer_unknown_model infer_wrong_method infer_outputs_subset infer_outputs_order infer_outputs_empty_list
    infer_output_unknown infer_output_duplicate infer_input_missing infer_input_unknown infer_input_duplicate
    infer_input_no_data infer_input_two_sources infer_inputs_missing infer_inputs_not_array infer_body_empty
    infer_body_not_json infer_body_array infer_dtype_mismatch infer_dtype_unknown infer_shape_rank infer_shape_dim
    infer_shape_negative infer_shape_fraction infer_shape_overflow infer_data_too_short infer_data_too_long
    infer_data_not_array infer_nesting_50 infer_nesting_120 infer_zero_batch infer_no_content_type
    infer_form_content_type infer_extra_top_level_key infer_parameter_object infer_custom_parameters
    infer_reserved_triton_prefix infer_shared_memory infer_sequence_id`,
  types: `
    type_bool type_uint8 type_uint16 type_uint32 type_uint64 type_int8 type_int16 type_int32 type_int64 type_fp32
    type_fp64 type_bytes type_fp16_json_in type_fp16_json_out type_fp16_binary`,
  json: `
    json_bool_01 json_int_fraction json_int_range json_int64_unsafe_number json_int64_string json_uint64_max
    json_nan_string json_nan_bare json_null json_fp32_overflow json_bytes_nul json_bytes_unicode`,
  binary: `
    bin_fp32 bin_bytes bin_int64 bin_uint64 bin_fp64 bin_bool bin_two_inputs bin_mixed bin_unaligned
    bin_output_true bin_output_false_overrides bin_output_listed_inherits bin_output_mixed
    bin_output_flag_not_bool bin_header_full_length bin_json_only_binary_out bin_size_short bin_size_long
    bin_size_mismatch bin_size_not_integer bin_bytes_truncated bin_bytes_wrong_count bin_bytes_invalid_utf8
    bin_header_negative bin_header_text bin_header_too_large bin_header_huge bin_empty_tensor bin_nan
    bin_nan_json_out`,
  raw: `
    raw_fp32 raw_bytes raw_two_inputs raw_two_variable_dims raw_bad_length`,
  compression: `
    gzip_json deflate_json gzip_binary gzip_corrupt gzip_bomb encoding_unknown response_gzip response_encoding_q
    response_no_accept_encoding`,
  limits: `
    body_too_large chunked_body timeout_queue timeout_run queue_full drain`,
  classification: `
    classification_top2 classification_labels classification_more_than_classes classification_binary
    classification_bytes`,
  config: `
    config config_no_batch config_bytes_type`,
  stats: `
    stats_shape stats_counts stats_batching stats_all stats_unknown`,
  repository: `
    repo_index repo_index_ready repo_index_bad repo_load_unload repo_load_config
    repo_unload_during_rollout`,
  rollout: `
    rollout_model_version rollout_pinned_not_counted`,
  replay: `
    tritonclient_replay perf_analyzer_replay`,
};
