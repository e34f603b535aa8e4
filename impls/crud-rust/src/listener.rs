use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use program::Stop;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, NoTls, Notification};
use tracing::{debug, info, warn};

use crate::database::{CONNECT_WAIT, Failure, STATEMENT_WAIT, within};
use crate::service::Service;
use crate::text::parse_id;

const RELISTEN_WAIT: Duration = Duration::from_millis(250);
/// A connection without notifications for so long is asked whether it still lives.
const PING_EVERY: Duration = Duration::from_secs(15);

/// Listens until the stop, on a new connection whenever one is lost.
pub async fn listen(service: Arc<Service>, mut stop: Stop) {
    let mut is_news = true;
    while !stop.is_requested() {
        tokio::select! {
            (listened, error) = listen_once(&service) => {
                if listened || is_news {
                    warn!(%error, "database lost");
                } else {
                    debug!(%error, "database still lost");
                }
                is_news = false;
            }
            () = stop.requested() => return,
        }
        sleep(RELISTEN_WAIT).await;
    }
}

/// Returns with why it ended, and whether there was a connection before that.
async fn listen_once(service: &Service) -> (bool, Failure) {
    let (client, mut notifications) = match within(STATEMENT_WAIT, connect(service)).await {
        Ok(connected) => connected,
        Err(error) => return (false, error),
    };
    info!("listening");
    // What was notified before is lost: look at everything anew.
    service.queue.notify_one();
    service.hub.wake_all();
    let error = receive(service, &client, &mut notifications).await;
    // What took this connection away has taken those of the pool with it, most likely.
    service.db.drop_idle_connections();
    (true, error)
}

async fn connect(service: &Service) -> Result<(Client, mpsc::UnboundedReceiver<Notification>), Failure> {
    let (client, mut connection) = service.db.settings().connect(NoTls).await?;
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
            if let AsyncMessage::Notification(notification) = message {
                // Nobody receives any more when the client is dropped, and then the connection ends.
                let _ = sender.send(notification);
            }
        }
    });
    client.batch_execute("LISTEN aggregation_queued; LISTEN user_event").await?;
    Ok((client, receiver))
}

async fn receive(
    service: &Service,
    client: &Client,
    notifications: &mut mpsc::UnboundedReceiver<Notification>,
) -> Failure {
    loop {
        match timeout(PING_EVERY, notifications.recv()).await {
            Ok(Some(notification)) => pass_on(service, &notification),
            Ok(None) => return Failure::Lost("the connection that listens has ended".to_owned()),
            Err(_) => {
                let ping = async { Ok(client.batch_execute("").await?) };
                if let Err(error) = within(CONNECT_WAIT, ping).await {
                    return error;
                }
            }
        }
    }
}

fn pass_on(service: &Service, notification: &Notification) {
    match notification.channel() {
        "aggregation_queued" => service.queue.notify_one(),
        "user_event" => {
            if let Some(user_id) = parse_id(notification.payload()) {
                service.hub.wake_user(user_id);
            }
        }
        _ => (),
    }
}
