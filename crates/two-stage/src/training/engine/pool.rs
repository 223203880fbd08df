//! The threads of a training.
//!
//! They are started when a training starts and joined before it returns, and they run only while
//! the calling thread waits for them. So whatever ends the calling thread between two slices of
//! work, no other thread is reading the rows.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rayon_core::{ThreadPool, ThreadPoolBuilder};

use crate::training::observer::Observer;

/// The time between two polls.
const SLICE: Duration = Duration::from_millis(5);

/// The threads, or none beside the calling one.
#[derive(Default)]
pub(in crate::training) struct Pool {
    threads: Option<ThreadPool>,
}

/// Calls `work` with as many threads as the observer allows; with none beside the calling one where
/// the system has no more.
pub(in crate::training) fn with_pool<R>(
    observer: &mut dyn Observer,
    work: impl FnOnce(&mut dyn Observer, &Pool) -> R,
) -> R {
    let count = observer.threads();
    if count <= 1 {
        return work(observer, &Pool::default());
    }
    let mut joined = Joined::default();
    observer.start_threads(&mut || {
        let builder = ThreadPoolBuilder::new().num_threads(count);
        let spawn = |worker: rayon_core::ThreadBuilder| {
            joined.handles.push(thread::Builder::new().spawn(|| worker.run())?);
            Ok(())
        };
        joined.pool = Pool { threads: builder.spawn_handler(spawn).build().ok() };
    });
    work(observer, &joined.pool)
}

/// A pool whose threads have ended when it is dropped, also by a panic.
#[derive(Default)]
struct Joined {
    handles: Vec<JoinHandle<()>>,
    pool: Pool,
}

impl Drop for Joined {
    fn drop(&mut self) {
        // Without its pool each thread ends.
        self.pool.threads = None;
        for thread in self.handles.drain(..) {
            // A thread of the pool does not panic: a panic of its work reaches the caller instead.
            let _ = thread.join();
        }
    }
}

impl Pool {
    /// The number of threads that work at once.
    pub fn workers(&self) -> usize {
        self.threads.as_ref().map_or(1, ThreadPool::current_num_threads)
    }

    /// Calls `step` until it returns false, on a thread of the pool, and between slices of a few
    /// milliseconds `between` on the calling thread.
    pub fn run_in_slices(&self, mut between: impl FnMut(), mut step: impl FnMut() -> bool + Send) {
        loop {
            between();
            let mut slice = || {
                let end = Instant::now() + SLICE;
                loop {
                    let goes_on = step();
                    if !goes_on || Instant::now() >= end {
                        return goes_on;
                    }
                }
            };
            let goes_on = match &self.threads {
                Some(threads) => threads.install(slice),
                None => slice(),
            };
            if !goes_on {
                return;
            }
        }
    }
}

/// Calls `work` with the first worker and the first task, the second and the second, and so on, at
/// once. There are at most as many tasks as workers; more than one must be done on a thread of a pool.
pub(super) fn together<W: Send, T: Send>(
    workers: &mut [W],
    tasks: &mut [T],
    work: &(impl Fn(&mut W, &mut T) + Sync),
) {
    match (workers, tasks) {
        (_, []) => {}
        ([worker, ..], [task]) => work(worker, task),
        (workers, tasks) => {
            let half = tasks.len() / 2;
            let (first, second) = tasks.split_at_mut(half);
            let (left, right) = workers.split_at_mut(half);
            rayon_core::join(|| together(left, first, work), || together(right, second, work));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use super::*;
    use crate::training::observer::Progress;

    struct Threads(usize);

    impl Observer for Threads {
        fn progress(&mut self, _: &Progress) {}

        fn threads(&self) -> usize {
            self.0
        }
    }

    #[test]
    fn every_task_is_done_by_its_worker() {
        for (threads, tasks) in [(1, 1), (2, 1), (2, 2), (3, 3), (5, 2), (8, 7), (4, 0)] {
            let (mut done, mut steps) = (vec![0; tasks], 0);
            with_pool(&mut Threads(threads), |_, pool| {
                assert_eq!(pool.workers(), threads);
                let mut workers = vec![0; threads];
                pool.run_in_slices(
                    || (),
                    || {
                        together(&mut workers, &mut done, &|worker, task| {
                            *worker += 1;
                            *task += 1;
                        });
                        steps += 1;
                        steps < 100
                    },
                );
                let expected = (0..threads).map(|place| if place < tasks { 100 } else { 0 });
                assert!(workers.into_iter().eq(expected));
            });
            assert!(done.iter().all(|&count| count == 100), "{threads} {tasks} {done:?}");
        }
    }

    #[test]
    fn a_panic_of_any_thread_or_of_a_poll_ends_the_work() {
        for failing in [0, 2, usize::MAX] {
            let end = catch_unwind(AssertUnwindSafe(|| {
                with_pool(&mut Threads(3), |_, pool| {
                    let mut workers = [0, 1, 2];
                    let mut polls = 0;
                    pool.run_in_slices(
                        || {
                            polls += 1;
                            if failing == usize::MAX && polls == 3 {
                                resume_unwind(Box::new("stop"));
                            }
                        },
                        || {
                            together(&mut workers, &mut [0, 1, 2], &|worker, _| {
                                if *worker == failing {
                                    resume_unwind(Box::new("stop"));
                                }
                            });
                            true
                        },
                    );
                });
            }));
            let payload = end.err().and_then(|payload| payload.downcast_ref().copied());
            assert_eq!(payload, Some("stop"), "{failing}");
        }
    }
}
