//! Watches over a training: lets PostgreSQL cancel it, tells how far it is, and starts its threads.

use std::{
    cell::Cell,
    ffi::CString,
    ptr,
    time::{Duration, Instant},
};

use pgrx::pg_sys;
use two_stage::training::{Observer, Progress, Stop};

use crate::{report, settings};

const BETWEEN_LINES: Duration = Duration::from_secs(2);

/// Told of every step of a training.
pub struct Watch {
    shows: bool,
    told: Instant,
    stage: &'static str,
    stage_began: Instant,
    activity: Option<Activity>,
}

impl Watch {
    pub fn new() -> Self {
        let now = Instant::now();
        let shows = settings::progress();
        Self { shows, told: now, stage: "", stage_began: now, activity: None }
    }

    fn tell(&mut self, progress: &Progress) {
        let line = describe(progress, self.stage_began.elapsed());
        self.activity.get_or_insert_with(Activity::new).show(&line);
        report::notice(format!("training: {line}"), None);
    }
}

impl Observer for Watch {
    fn poll(&mut self, progress: &Progress) {
        pg_sys::check_for_interrupts!();
        if !self.shows {
            return;
        }
        if self.stage != progress.stage || progress.epoch == 0 {
            (self.stage, self.stage_began) = (progress.stage, Instant::now());
        }
        if self.told.elapsed() >= BETWEEN_LINES {
            self.told = Instant::now();
            self.tell(progress);
        }
    }

    fn threads(&self) -> usize {
        settings::training_threads()
    }

    fn start_threads(&mut self, start: &mut dyn FnMut()) {
        let _signals = BlockedSignals::new();
        start();
    }

    fn threads_run(&mut self, stop: &Stop) {
        RUNNING.set(Some(stop.clone()));
        if !STOPS_AT_EXIT.replace(true) {
            // SAFETY: registers a function that stays loaded; what is registered last runs first, so
            // before PostgreSQL frees the memory of the transaction.
            unsafe { pg_sys::before_shmem_exit(Some(stop_at_exit), pg_sys::Datum::null()) };
        }
    }
}

thread_local! {
    /// The threads of the last training that had some.
    static RUNNING: Cell<Option<Stop>> = const { Cell::new(None) };
    static STOPS_AT_EXIT: Cell<bool> = const { Cell::new(false) };
}

/// An error unwinds and so ends a training's threads. What ends the session does not: the process exits
/// from within the poll, and frees the rows on its way.
unsafe extern "C-unwind" fn stop_at_exit(_code: std::ffi::c_int, _argument: pg_sys::Datum) {
    if let Some(stop) = RUNNING.take() {
        stop.stop();
    }
}

/// The epochs that are left take as long as those since the first one ended.
fn describe(progress: &Progress, since_first_epoch: Duration) -> String {
    let &Progress { stage, epoch, epochs, loss } = progress;
    let mut line = stage.to_owned();
    if epochs > 0 {
        line += &format!(", epoch {epoch} of at most {epochs}");
    }
    if let Some(loss) = loss {
        line += &format!(", validation loss {loss:.4}");
    }
    if epoch > 1 {
        let seconds = since_first_epoch.as_secs_f64() / (epoch - 1) as f64;
        line += &format!(", at most {:.0} s left", seconds * (epochs - epoch) as f64);
    }
    line
}

/// What other sessions see of this one in `pg_stat_activity`: the statement, and in front of it, as
/// a comment, how far its training is. The statement alone comes back when the training ends, also
/// by an error.
struct Activity {
    statement: Vec<u8>,
}

impl Activity {
    fn new() -> Self {
        // SAFETY: the text of the running statement, NUL-terminated, or NULL where there is none.
        let statement = unsafe {
            match pg_sys::debug_query_string {
                text if text.is_null() => Vec::new(),
                text => std::ffi::CStr::from_ptr(text).to_bytes().to_vec(),
            }
        };
        Self { statement }
    }

    fn show(&self, line: &str) {
        let mut shown = b"/* pg_intent: ".to_vec();
        // ASCII, in every encoding of a server.
        shown.extend(line.bytes());
        shown.extend(b" */ ");
        shown.extend(&self.statement);
        Self::report(shown);
    }

    fn report(shown: Vec<u8>) {
        let Ok(shown) = CString::new(shown) else { return };
        // SAFETY: copies the text to this backend's entry. It also forgets which query this is, for
        // it takes the text for that of a new one.
        unsafe {
            let query = pg_sys::pgstat_get_my_query_id();
            pg_sys::pgstat_report_activity(pg_sys::BackendState::STATE_RUNNING, shown.as_ptr());
            pg_sys::pgstat_report_query_id(query, true);
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        Self::report(std::mem::take(&mut self.statement));
    }
}

/// Blocks every signal in this thread while it lasts: PostgreSQL's handlers must never run in a
/// thread of the training, and a thread starts with the mask of the one that starts it.
struct BlockedSignals {
    before: libc::sigset_t,
}

impl BlockedSignals {
    fn new() -> Self {
        // SAFETY: both sets are ours; sigfillset and pthread_sigmask initialise them.
        unsafe {
            let mut all = std::mem::zeroed();
            let mut before = std::mem::zeroed();
            libc::sigfillset(&mut all);
            libc::pthread_sigmask(libc::SIG_SETMASK, &all, &mut before);
            Self { before }
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: sets the mask that this thread had.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, ptr::null_mut()) };
    }
}
