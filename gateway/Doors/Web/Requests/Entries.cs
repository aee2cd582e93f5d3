using OrleansChat.Gateway.Doors.Web.Wire;
using OrleansChat.GrainInterfaces;

namespace OrleansChat.Gateway.Doors.Web.Requests;

/// <summary>Shows what grains answer.</summary>
internal static class Entries
{
    /// <summary>Shows an entry of one's own inbox, where each belongs to the conversation with its sender.</summary>
    public static EntryBody OfInbox(LogEntry entry) => Of(entry, entry.Sender);

    /// <summary>Shows an entry of the conversation with a peer.</summary>
    public static EntryBody Of(LogEntry entry, string peer)
    {
        var isDeletion = entry.Kind == EntryKind.Deleted;
        return new EntryBody(
            entry.Id, Formats.ShowLog(entry.LogId), entry.Number, entry.Number - 1, isDeletion ? "deleted" : "message",
            isDeletion ? entry.Target : null, isDeletion ? null : entry.Target, Formats.ShowConversation(peer), entry.Sender,
            entry.SenderName, StoredText.Show(entry.Text), StoredText.Show(entry.AcceptedAt));
    }

    /// <summary>Shows a conversation.</summary>
    /// <param name="conversation">The conversation.</param>
    /// <param name="mostUnread">Up to how many unread messages were counted exactly.</param>
    public static ConversationBody Of(Conversation conversation, int mostUnread) => new(
        Formats.ShowConversation(conversation.Peer), Formats.ShowLog(conversation.LogId), conversation.PeerName,
        conversation.Last is { } last ? Of(last, conversation.Peer) : null, new UnreadCount(conversation.Unread, mostUnread),
        conversation.UnreadAt, conversation.Read, conversation.IsMuted);
}
