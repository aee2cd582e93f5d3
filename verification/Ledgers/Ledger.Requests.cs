namespace OrleansChat.Verification.Ledgers;

/// <summary>Tracks the lines that are written, and their replies.</summary>
internal sealed partial class Ledger
{
    private const int MaxRepeatable = 256;
    private readonly HashSet<string> _tokens = [];
    private int _sessionCount;

    /// <summary>Records that a line is about to be written. The order of the calls is the order of the lines.</summary>
    /// <param name="kind">Any kind except the sends.</param>
    /// <param name="connection">The connection on which the line is written.</param>
    /// <param name="user">The user who writes it.</param>
    /// <param name="session">The session whose token the line holds; null for a login, which makes one.</param>
    public RequestEntry Begin(RequestKind kind, ConnectionEntry connection, UserEntry user, SessionEntry? session)
    {
        lock (_gate)
        {
            if (kind == RequestKind.LogIn)
            {
                user.Sessions.Add(session = new SessionEntry(++_sessionCount, user, connection));
                if (connection.IsShown) connection.Sessions.Add(session);
            }
            var request = BeginLine(kind, connection, user, session, null);
            if (kind == RequestKind.LogOut) session!.LogoutTried ??= request.Begun;
            if (kind == RequestKind.Inbox) user.OpenInboxes.Add(request);
            return request;
        }
    }

    /// <summary>Records that a send of a new message is about to be written.</summary>
    /// <param name="connection">The connection on which the line is written.</param>
    /// <param name="session">The session whose token the line holds.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="once">Whether the message has an ID.</param>
    public RequestEntry BeginSend(ConnectionEntry connection, SessionEntry session, UserEntry recipient, bool once)
    {
        lock (_gate)
        {
            var message = NewMessage(connection, session, recipient, (stream, sequence) => once ? $"{tag}-{stream}-{sequence}" : null);
            if (once) Remember(session.User.Repeatable, message);
            return BeginLine(once ? RequestKind.SendOnce : RequestKind.Send, connection, session.User, session, message);
        }
    }

    /// <summary>
    /// Records that a new message is about to be sent under an ID that stands for another one; null if the user has none that was
    /// acknowledged.
    /// </summary>
    /// <param name="connection">The connection on which the line is written.</param>
    /// <param name="session">The session whose token the line holds.</param>
    /// <param name="recipient">The recipient.</param>
    /// <param name="which">Any number; it picks one of the latest IDs.</param>
    public RequestEntry? BeginReuse(ConnectionEntry connection, SessionEntry session, UserEntry recipient, int which)
    {
        lock (_gate)
        {
            var bound = session.User.Repeatable.FindAll(message => message.Acknowledged is not null);
            if (bound.Count == 0) return null;
            var id = bound[(int)((uint)which % (uint)bound.Count)].OnceId;
            var message = NewMessage(connection, session, recipient, (_, _) => id, reusesId: true);
            return BeginLine(RequestKind.SendOnce, connection, session.User, session, message);
        }
    }

    private MessageEntry NewMessage(
        ConnectionEntry connection, SessionEntry session, UserEntry recipient, Func<int, int, string?> onceId, bool reusesId = false)
    {
        if (!connection.Streams.TryGetValue(recipient, out var stream))
        {
            connection.Streams[recipient] = stream = new StreamEntry(_streams.Count, session.User, recipient, connection);
            _streams.Add(stream);
            recipient.Incoming.Add(stream);
        }
        var sequence = stream.Next++;
        return stream.Live[sequence] = new MessageEntry(
            stream, sequence, onceId(stream.Id, sequence), new Moment(_order + 1, time.GetElapsedTime(_start)))
        {
            Outstanding = 1,
            IsForbidden = session.Out is not null || session.User.Removed is not null,
            IsBarred = IsCertainlyWelcome(recipient, session.User, false, new Moment(_order + 1, time.GetElapsedTime(_start))),
            ReusesId = reusesId,
        };
    }

    /// <summary>Records that a message with an ID is about to be sent again; null if the user has none.</summary>
    /// <param name="connection">The connection on which the line is written.</param>
    /// <param name="session">The session whose token the line holds.</param>
    /// <param name="which">Any number; it picks one of the latest IDs.</param>
    public RequestEntry? BeginRepeat(ConnectionEntry connection, SessionEntry session, int which)
    {
        lock (_gate)
        {
            var known = session.User.Repeatable;
            if (known.Count == 0) return null;
            var message = known[(int)((uint)which % (uint)known.Count)];
            message.Outstanding++;
            message.Attempts++;
            message.IsOrdered &= message.Acknowledged is not null;
            message.IsForbidden &= session.Out is not null;
            message.IsBarred &= IsCertainlyWelcome(message.Stream.Recipient, session.User, false, Now());
            return BeginLine(RequestKind.SendOnce, connection, session.User, session, message);
        }
    }

    /// <summary>The text that is sent after the recipient's name.</summary>
    public string TextOf(MessageEntry message) => $" {tag} {message.Stream.Id} {message.Sequence}";

    /// <summary>Records a complete reply.</summary>
    public void Answered(RequestEntry request, string text)
    {
        lock (_gate)
        {
            var reply = Reply.Read(request.Kind, request.User.Name, text);
            var now = Answer(request, reply);
            if (request.Message is { } message) JudgeSend(request, message, reply, now);
            if (request.Kind == RequestKind.Inbox) JudgeInbox(request, reply, now);
            if (request.Kind == RequestKind.ListUsers && reply is { Outcome: RequestOutcome.Done, Problem: null })
                JudgeList(request, reply.Users, now);
        }
    }

    /// <summary>Records an answer that was not a line; what it says is judged by the methods for its kind.</summary>
    public void Answered(RequestEntry request, Reply reply)
    {
        lock (_gate)
        {
            var now = Answer(request, reply);
            if (request.Message is { } message && reply.Problem is null) JudgeSend(request, message, reply, now);
        }
    }

    /// <summary>Records that no complete reply will come, so that the outcome of the request is unknown.</summary>
    /// <param name="request">The request.</param>
    /// <param name="gaveUp">Whether the client stopped waiting for the reply.</param>
    public void Lost(RequestEntry request, bool gaveUp)
    {
        lock (_gate)
        {
            var now = Now();
            request.Outcome = RequestOutcome.Broken;
            Count(request, RequestOutcome.Broken);
            if (request.Session is { } session) PlaceUsed(session, request, false, now);
            if (request.Message is { } message)
            {
                message.Outstanding--;
                message.IsUnknown = true;
            }
            if (request.Kind != RequestKind.Inbox) return;
            request.User.InboxLost = now;
            if (gaveUp && request.Connection.HasEnded) request.User.ExcusedBefore = now.Order;
            request.User.OpenInboxes.Remove(request);
            Forget(request.User);
        }
    }

    private Moment Answer(RequestEntry request, Reply reply)
    {
        var now = Now();
        request.Outcome = reply.Outcome;
        request.IsRefused = reply.Error == Reply.NotFound;
        Count(request, reply.Outcome);
        if (reply.Problem is { } problem)
            Accuse(Invariants.ReplyForm, $"the reply to {request.Kind} does not follow the protocol: {problem}",
                new History().Add(request, now));
        ShowReceipts(request, now);
        if (request.Session is { } session) JudgeSession(request, session, reply, now);
        return now;
    }

    private RequestEntry BeginLine(
        RequestKind kind, ConnectionEntry connection, UserEntry user, SessionEntry? session, MessageEntry? message,
        SessionEntry? target = null)
    {
        var request = new RequestEntry(kind, connection, user, session, message, Now()) { Target = target };
        if (session is not null && kind != RequestKind.LogIn) PlaceTried(session, connection);
        if (connection.Unshown.Count == 0) return request;
        request.Shows = connection.Unshown;
        connection.Unshown = [];
        foreach (var shown in request.Shows) shown.MayBeReceived = true;
        return request;
    }

    private void JudgeSession(RequestEntry request, SessionEntry session, Reply reply, Moment now)
    {
        var done = reply.Outcome == RequestOutcome.Done;
        if (request.Kind == RequestKind.LogIn)
        {
            if (done && reply.Problem is null && _tokens.Add(reply.Id!)) session.LoggedIn = now;
            else if (done && reply.Problem is null)
                Accuse(Invariants.ReplyForm, "two logins got the same token", new History().Add(request, now));
            // The unavailable service may have made a session whose token nobody knows.
            session.Token = done ? reply.Id : null;
            if (reply.Outcome == RequestOutcome.Refused) EndSession(session, now);
            return;
        }
        PlaceUsed(session, request, done, now);
        if (request.IsForbidden
            && (done || (reply.Outcome == RequestOutcome.Refused && !request.IsRefused && reply.Error != Reply.LimitReached)))
            Accuse(Invariants.LoggedOutOpensNothing, $"{request.Kind} was not refused though its session was logged out before",
                new History().Add(session).Add(request, now));
        if (request.IsRefused && session is { LogoutTried: null, Out: null })
            Accuse(Invariants.SessionKept, $"{request.Kind} was refused though nobody logged its session out",
                new History().Add(session).Add(request, now));
        // Its logout was not answered, so nothing promises when the user leaves the list.
        if (request.IsRefused && session.Out is null && session.User.MayLinger < now.At + AfterSilence)
            session.User.MayLinger = now.At + AfterSilence;
        if (request.IsRefused || (done && request.Kind == RequestKind.LogOut)) EndSession(session, now);
    }

    private static void EndSession(SessionEntry session, Moment now)
    {
        if (session.Out is not null) return;
        session.Out = now;
        session.User.LastSessionOut = now;
        session.User.Sessions.Remove(session);
        if (session.Token is null) return;
        session.User.LastLoggedOut = session;
        if (session.Id is { } id) session.User.EndedSessions[id] = now;
    }

    private static void Remember(List<MessageEntry> known, MessageEntry message)
    {
        // An older message that no longer fits is not repeated any more; it does not matter which.
        if (known.Count < MaxRepeatable) known.Add(message);
        else known[message.Sequence % MaxRepeatable] = message;
    }
}
