using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The grains that a gateway calls. Making a reference is cheap, and activates no grain.</summary>
public interface IChatGrains
{
    /// <summary>The grain of a session. Its key is what <see cref="GrainKeys.ForSession"/> makes of its token.</summary>
    ISessionGrain Session(string sessionKey);

    /// <summary>The grain of a user, by the user's name, which must be valid.</summary>
    IUserGrain User(string userName);

    /// <summary>The one grain that knows who is online.</summary>
    IPresenceGrain Presence();
}

/// <summary>Takes the references from Orleans.</summary>
public sealed class ChatGrains(IGrainFactory grains) : IChatGrains
{
    /// <inheritdoc/>
    public ISessionGrain Session(string sessionKey) => grains.GetGrain<ISessionGrain>(sessionKey);

    /// <inheritdoc/>
    public IUserGrain User(string userName) => grains.GetGrain<IUserGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IPresenceGrain Presence() => grains.GetGrain<IPresenceGrain>(GrainKeys.Presence);
}
