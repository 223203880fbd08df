//! Threads that go through the same steps together and meet after each of them.

use std::{
    panic::resume_unwind,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use super::Observer;

/// Waking a thread takes about 20 µs, a step little more: so long one waits awake for the others …
const PATIENCE: Duration = Duration::from_micros(50);
/// … and where that was in vain, some times asleep: twice as often each time in a row, for threads
/// that have to share a processor, up to so often.
const MOST_ASLEEP: u32 = 256;

#[derive(Debug)]
struct Team {
    /// Closed until it is known how many there are.
    gate: Mutex<()>,
    members: AtomicUsize,
    /// How many threads there still are beside the one that called.
    alive: AtomicUsize,
    /// How many have come to the meeting, and how many meetings there were.
    arrived: AtomicUsize,
    meeting: AtomicUsize,
    /// Whether somebody left before the end.
    broken: AtomicBool,
    sleepers: Mutex<usize>,
    woken: Condvar,
}

/// A thread's place in a team; number 0 is the thread that called.
pub(super) struct Place<'a> {
    team: &'a Team,
    pub number: usize,
    /// Meetings to be waited for asleep, and how many after the next wait in vain.
    asleep: u32,
    next_asleep: u32,
}

/// Runs `work` in up to `threads` threads at once, fewer where the system has no more, and returns
/// what it returned in the calling thread, which alone has the observer.
pub(super) fn together<R>(
    threads: usize,
    observer: &mut dyn Observer,
    work: impl Fn(Place, Option<&mut dyn Observer>) -> R + Sync,
) -> R {
    let shared = Arc::new(Team::new());
    let team = &*shared;
    if threads <= 1 {
        return work(team.place(0), Some(observer));
    }
    thread::scope(|scope| {
        let closed = lock(&team.gate);
        let mut others = Vec::new();
        observer.start_threads(&mut || {
            for number in 1..threads {
                let work = &work;
                team.alive.fetch_add(1, Ordering::Relaxed);
                let member = move || {
                    // Dropped last: from then on this thread touches nothing of the caller's.
                    let _alive = Alive(team);
                    drop(lock(&team.gate));
                    let place = team.place(number);
                    let _guard = BreakOnPanic(team);
                    // Not where starting the others failed half-way.
                    if number < place.members() {
                        work(place, None);
                    }
                };
                match thread::Builder::new().spawn_scoped(scope, member) {
                    Ok(thread) => others.push(thread),
                    Err(_) => {
                        team.alive.fetch_sub(1, Ordering::Relaxed);
                        break;
                    }
                }
            }
        });
        team.members.store(1 + others.len(), Ordering::Relaxed);
        observer.threads_run(&Stop(Arc::clone(&shared)));
        drop(closed);
        let _guard = BreakOnPanic(team);
        let result = work(team.place(0), Some(observer));
        for thread in others {
            thread.join().unwrap_or_else(|panic| resume_unwind(panic));
        }
        result
    })
}

/// A panic elsewhere cannot leave these locks' contents half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Team {
    fn new() -> Self {
        Self {
            gate: Mutex::new(()),
            members: AtomicUsize::new(1),
            alive: AtomicUsize::new(0),
            arrived: AtomicUsize::new(0),
            meeting: AtomicUsize::new(0),
            broken: AtomicBool::new(false),
            sleepers: Mutex::new(0),
            woken: Condvar::new(),
        }
    }

    fn place(&self, number: usize) -> Place<'_> {
        Place { team: self, number, asleep: 0, next_asleep: 1 }
    }

    fn is_over(&self, meeting: usize) -> bool {
        self.meeting.load(Ordering::Acquire) != meeting || self.broken.load(Ordering::Relaxed)
    }

    fn wake(&self, change: impl FnOnce()) {
        let sleepers = lock(&self.sleepers);
        change();
        if *sleepers > 0 {
            self.woken.notify_all();
        }
    }
}

impl Place<'_> {
    pub fn members(&self) -> usize {
        self.team.members.load(Ordering::Relaxed)
    }

    /// Those of `count` things to do that are this thread's.
    pub fn share(&self, count: usize) -> impl Iterator<Item = usize> + use<> {
        (self.number..count).step_by(self.members())
    }

    /// Waits until all have come here. What each did before, all see after.
    pub fn meet(&mut self) {
        let team = self.team;
        let meeting = team.meeting.load(Ordering::Acquire);
        if team.arrived.fetch_add(1, Ordering::AcqRel) + 1 == self.members() {
            team.arrived.store(0, Ordering::Relaxed);
            team.wake(|| team.meeting.store(meeting.wrapping_add(1), Ordering::Release));
        } else {
            self.wait(meeting);
        }
        self.check();
    }

    fn wait(&mut self, meeting: usize) {
        let team = self.team;
        if self.asleep > 0 {
            self.asleep -= 1;
        } else if is_over_soon(|| team.is_over(meeting)) {
            self.next_asleep = 1;
            return;
        } else {
            self.asleep = self.next_asleep;
            self.next_asleep = MOST_ASLEEP.min(2 * self.next_asleep);
        }
        let mut sleepers = lock(&team.sleepers);
        *sleepers += 1;
        while !team.is_over(meeting) {
            sleepers = team.woken.wait(sleepers).unwrap_or_else(PoisonError::into_inner);
        }
        *sleepers -= 1;
    }

    /// Ends this thread's work where another one's ended early: the caller's by a cancel, another
    /// one's by a fault of this program.
    pub fn check(&self) {
        if self.team.broken.load(Ordering::Relaxed) {
            resume_unwind(Box::new("a thread of the training failed"));
        }
    }
}

fn is_over_soon(is_over: impl Fn() -> bool) -> bool {
    const LOOKS: usize = 16;
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        for _ in 0..LOOKS {
            if is_over() {
                return true;
            }
            std::hint::spin_loop();
        }
    }
    false
}

/// Ends the threads of a training.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Team>);

impl Stop {
    /// Waits until all threads but the one that called have ended: what they work on is theirs until
    /// then. Where there is none any more, it does nothing.
    pub fn stop(&self) {
        self.0.wake(|| self.0.broken.store(true, Ordering::Relaxed));
        while self.0.alive.load(Ordering::Acquire) > 0 {
            thread::sleep(PATIENCE);
        }
    }
}

struct Alive<'a>(&'a Team);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.alive.fetch_sub(1, Ordering::Release);
    }
}

/// Nobody waits for a thread that unwinds.
struct BreakOnPanic<'a>(&'a Team);

impl Drop for BreakOnPanic<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.wake(|| self.0.broken.store(true, Ordering::Relaxed));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;
    use crate::training::Progress;

    struct Silent;

    impl Observer for Silent {
        fn poll(&mut self, _: &Progress) {}
    }

    #[test]
    fn all_meet_after_every_step() {
        for threads in [1, 2, 5] {
            let steps: Vec<AtomicUsize> = (0..200).map(|_| AtomicUsize::new(0)).collect();
            let members = together(threads, &mut Silent, |mut place, observer| {
                assert_eq!(observer.is_some(), place.number == 0);
                for step in &steps {
                    step.fetch_add(1, Ordering::Relaxed);
                    place.meet();
                    assert_eq!(step.load(Ordering::Relaxed), place.members());
                }
                place.members()
            });
            assert_eq!(members, threads);
        }
    }

    #[test]
    fn everything_is_somebodys_share() {
        let done: Vec<AtomicUsize> = (0..7).map(|_| AtomicUsize::new(0)).collect();
        together(3, &mut Silent, |place, _| {
            for index in place.share(done.len()) {
                done[index].fetch_add(1, Ordering::Relaxed);
            }
        });
        assert!(done.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    /// Stops the threads from where the calling one is, as a process does that ends there.
    #[derive(Default)]
    struct Ending(Option<Stop>);

    impl Observer for Ending {
        fn poll(&mut self, _: &Progress) {
            if let Some(stop) = self.0.take() {
                stop.stop();
                assert_eq!(stop.0.alive.load(Ordering::Relaxed), 0);
                resume_unwind(Box::new("the end"));
            }
        }

        fn threads_run(&mut self, stop: &Stop) {
            self.0 = Some(stop.clone());
        }
    }

    #[test]
    fn a_stop_waits_for_the_threads() {
        let steps = AtomicUsize::new(0);
        let end = catch_unwind(AssertUnwindSafe(|| {
            together(4, &mut Ending::default(), |mut place, mut observer| {
                for step in 0..1000 {
                    steps.fetch_add(1, Ordering::Relaxed);
                    if let Some(observer) = observer.as_mut().filter(|_| step == 20) {
                        observer.poll(&Progress { stage: "", epoch: 0, epochs: 0, loss: None });
                    }
                    place.meet();
                }
            });
        }));
        assert!(end.is_err());
        assert!(steps.load(Ordering::Relaxed) < 4 * 22);
    }

    #[test]
    fn nobody_waits_for_one_that_fails() {
        for failing in [0, 2] {
            let end = catch_unwind(AssertUnwindSafe(|| {
                together(3, &mut Silent, |mut place, _| {
                    place.meet();
                    if place.number == failing {
                        resume_unwind(Box::new("out of luck"));
                    }
                    place.meet();
                });
            }));
            assert!(end.is_err(), "{failing}");
        }
    }
}
