using OrleansChat.Client.Wire;

namespace OrleansChat.Client.Output;

/// <summary>The commands, by which a printer chooses what to print about a reply.</summary>
internal enum ChatCommand
{
    LogIn,
    Send,
    Inbox,
    ListUsers,
    LogOut,
}

/// <summary>Prints replies. A call returns after the standard output has accepted the last byte.</summary>
internal interface IReplyPrinter
{
    /// <summary>Prints a reply. The user is the one who logged in or the recipient; otherwise empty.</summary>
    void Print(ChatCommand command, string user, Reply reply);
}
