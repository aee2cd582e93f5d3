using OrleansChat.GrainInterfaces.Push;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The streams of this gateway, as operations see them that a user's other devices should hear of.</summary>
internal interface IOwnStreams
{
    /// <summary>Whether a user has a stream here.</summary>
    bool HasOf(string user);

    /// <summary>Tells a user's streams here what has changed.</summary>
    void Tell(UserNotice notice);
}
