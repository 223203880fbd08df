//! The settings `pg_intent.*`.

use std::ffi::{CStr, CString};

use pgrx::{GucContext, GucFlags, GucRegistry, GucSetting, pg_sys};

static DEFAULT_MODEL: GucSetting<Option<CString>> =
    GucSetting::<Option<CString>>::new(Some(c"default"));
static TRAINING_MEMORY: GucSetting<i32> = GucSetting::<i32>::new(512 * 1024);
static TRAINING_THREADS: GucSetting<i32> = GucSetting::<i32>::new(0);
static PROGRESS: GucSetting<bool> = GucSetting::<bool>::new(true);

/// The minimum in kB: less has no room even for a small sample.
const MIN_TRAINING_MEMORY: i32 = 1024;

/// More threads than any machine can use.
const MAX_TRAINING_THREADS: i32 = 1024;

/// The maximum in kB: a worker sends its rows as one value, and a PostgreSQL value is below 1 GB.
const MAX_TRAINING_MEMORY: i32 = 1000 * 1024;

/// Registers the settings.
pub fn define() {
    define_model_and_progress();
    define_limits();
    reserve_prefix();
}

fn define_model_and_progress() {
    GucRegistry::define_string_guc(
        c"pg_intent.default_model",
        c"Sets the model that scores if none is named.",
        c"The name of a model in intent_models; its active version is used.",
        &DEFAULT_MODEL,
        GucContext::Userset,
        GucFlags::default(),
    );
    GucRegistry::define_bool_guc(
        c"pg_intent.progress",
        c"Shows the progress of a training as notices and in pg_stat_activity.",
        c"Progress is shown every two seconds at most.",
        &PROGRESS,
        GucContext::Userset,
        GucFlags::default(),
    );
}

fn define_limits() {
    GucRegistry::define_int_guc(
        c"pg_intent.training_memory",
        c"Sets the memory for training rows, in each process.",
        c"A training with more rows uses an even sample of them and says so in a notice.",
        &TRAINING_MEMORY,
        MIN_TRAINING_MEMORY,
        MAX_TRAINING_MEMORY,
        GucContext::Userset,
        GucFlags::UNIT_KB,
    );
    GucRegistry::define_int_guc(
        c"pg_intent.training_threads",
        c"Sets the maximum number of threads of one training, which never exceeds the number of processors.",
        c"0 means max_parallel_maintenance_workers + 1. The model is the same with any number.",
        &TRAINING_THREADS,
        0,
        MAX_TRAINING_THREADS,
        GucContext::Userset,
        GucFlags::default(),
    );
}

/// Makes a misspelt `pg_intent.…` an error instead of a setting that nothing reads.
fn reserve_prefix() {
    // SAFETY: called while the library is loaded, with a NUL-terminated name.
    unsafe {
        #[cfg(feature = "pg14")]
        pg_sys::EmitWarningsOnPlaceholders(c"pg_intent".as_ptr());
        #[cfg(not(feature = "pg14"))]
        pg_sys::MarkGUCPrefixReserved(c"pg_intent".as_ptr());
    }
}

/// Copies the name of the default model, in the server's encoding.
pub fn default_model() -> Vec<u8> {
    with_default_model(<[u8]>::to_vec)
}

/// Reads the name of the default model in place. A statement inside one of our calls can change the
/// setting, so the name must not leave `read`.
pub fn with_default_model<R>(read: impl FnOnce(&[u8]) -> R) -> R {
    // SAFETY: the string is PostgreSQL's; nothing that could change it runs while `read` does.
    unsafe {
        let name = *DEFAULT_MODEL.as_ptr();
        read(if name.is_null() { b"" } else { CStr::from_ptr(name).to_bytes() })
    }
}

/// Returns the limit of a process's training rows, in bytes.
pub fn training_memory() -> usize {
    usize::try_from(TRAINING_MEMORY.get()).unwrap_or(0) * 1024
}

/// Returns the number of threads that a training may use, at least one.
pub fn training_threads() -> usize {
    let wanted = match TRAINING_THREADS.get() {
        // SAFETY: a setting of PostgreSQL's, read by the backend's own thread.
        0 => unsafe { pg_sys::max_parallel_maintenance_workers }.saturating_add(1),
        threads => threads,
    };
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    usize::try_from(wanted).unwrap_or(1).clamp(1, processors)
}

/// Tells if a training shows its progress.
pub fn progress() -> bool {
    PROGRESS.get()
}
