use std::collections::{BTreeSet, HashMap};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::time::{
    ClockId, Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, clock_gettime, timerfd_create,
    timerfd_settime,
};
use tokio::sync::Notify;

/// CLOCK_MONOTONIC, which the whole machine shares.
pub fn now_us() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000 + now.tv_nsec.unsigned_abs() / 1000
}

/// Rings bells at their times, by the microsecond.
///
/// Note: tokio's own timers count milliseconds, where election time-outs of 12 to 24 ms and network delays of some 100 µs are to be
/// measured. A thread that waits for a timerfd wakes on time; one serves all nodes.
pub struct Alarm {
    timer: OwnedFd,
    schedule: Mutex<Schedule>,
}

#[derive(Default)]
struct Schedule {
    /// By time, then by appointment.
    due: BTreeSet<(u64, u64)>,
    appointments: HashMap<u64, Appointed>,
    last_key: u64,
    /// What the timer is set to.
    armed_us: Option<u64>,
}

struct Appointed {
    at_us: u64,
    bell: Arc<Notify>,
}

/// A bell that can be set to a time. It is cancelled when it is dropped.
pub struct Appointment {
    alarm: Arc<Alarm>,
    key: u64,
    bell: Arc<Notify>,
}

impl Alarm {
    /// Rings until the program ends.
    pub fn start() -> io::Result<Arc<Self>> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)?;
        let alarm = Arc::new(Self { timer, schedule: Mutex::default() });
        let ringing = alarm.clone();
        thread::Builder::new().name("alarm".to_owned()).spawn(move || {
            let mut expirations = [0; 8];
            while rustix::io::retry_on_intr(|| rustix::io::read(&ringing.timer, &mut expirations)).is_ok() {
                ringing.ring_due();
            }
        })?;
        Ok(alarm)
    }

    pub fn appointment(self: &Arc<Self>, bell: Arc<Notify>) -> Appointment {
        let mut schedule = self.lock();
        schedule.last_key += 1;
        Appointment { alarm: self.clone(), key: schedule.last_key, bell }
    }

    pub async fn sleep_until(self: &Arc<Self>, at_us: u64) {
        let bell = Arc::new(Notify::new());
        let appointment = self.appointment(bell.clone());
        appointment.set(at_us);
        bell.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Schedule> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring_due(&self) {
        let now_us = now_us();
        let mut schedule = self.lock();
        while let Some(&(at_us, key)) = schedule.due.first().filter(|(at_us, _)| *at_us <= now_us) {
            schedule.due.remove(&(at_us, key));
            if let Some(appointed) = schedule.appointments.remove(&key) {
                appointed.bell.notify_one();
            }
        }
        schedule.armed_us = None;
        self.arm(&mut schedule);
    }

    /// Sets the timer for the first appointment, unless it comes earlier already: deadlines mostly move away, and a wake-up for nothing
    /// once in a while costs less than a system call for each move.
    fn arm(&self, schedule: &mut Schedule) {
        let Some(&(first_us, _)) = schedule.due.first() else { return };
        if schedule.armed_us.is_some_and(|armed_us| armed_us <= first_us) {
            return;
        }
        schedule.armed_us = Some(first_us);
        let at_us = i64::try_from(first_us.max(1)).unwrap_or(i64::MAX);
        let at = Timespec { tv_sec: at_us / 1_000_000, tv_nsec: at_us % 1_000_000 * 1000 };
        let once = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: at };
        timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &once).expect("only a wrong argument makes it fail");
    }
}

impl Appointment {
    /// Moves it to a time; one that has passed rings at once.
    pub fn set(&self, at_us: u64) {
        let mut schedule = self.alarm.lock();
        schedule.cancel(self.key);
        schedule.due.insert((at_us, self.key));
        schedule.appointments.insert(self.key, Appointed { at_us, bell: self.bell.clone() });
        self.alarm.arm(&mut schedule);
    }
}

impl Drop for Appointment {
    fn drop(&mut self) {
        self.alarm.lock().cancel(self.key);
    }
}

impl Schedule {
    fn cancel(&mut self, key: u64) {
        if let Some(appointed) = self.appointments.remove(&key) {
            self.due.remove(&(appointed.at_us, key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn bells_ring_no_earlier_than_their_times() {
        let alarm = Alarm::start().unwrap();
        let start_us = now_us();
        let rung_after = async |wait_us| {
            alarm.sleep_until(start_us + wait_us).await;
            now_us() - start_us
        };
        let (late_us, early_us) = tokio::join!(rung_after(3000), rung_after(1000));
        assert!(late_us >= 3000 && early_us >= 1000, "{late_us}, {early_us}");
        assert!(alarm.lock().due.is_empty());
    }

    #[tokio::test]
    async fn an_appointment_moves_and_is_cancelled_when_it_is_dropped() {
        let alarm = Alarm::start().unwrap();
        let bell = Arc::new(Notify::new());
        let appointment = alarm.appointment(bell.clone());
        appointment.set(now_us() + 60_000_000);
        appointment.set(now_us());
        bell.notified().await;
        appointment.set(now_us() + 60_000_000);
        drop(appointment);
        assert!(alarm.lock().due.is_empty());
    }
}
