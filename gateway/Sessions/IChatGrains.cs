using OrleansChat.GrainInterfaces;
using OrleansChat.Identifiers;

namespace OrleansChat.Gateway.Sessions;

/// <summary>The grains that a gateway calls. Making a reference costs nothing and activates nothing.</summary>
public interface IChatGrains
{
    /// <summary>The grain of a session, by the key that <see cref="GrainKeys.ForSession"/> makes of its token.</summary>
    ISessionGrain Session(string sessionKey);

    /// <summary>The grain of a user.</summary>
    IUserGrain User(string userName);

    /// <summary>The one grain that knows who is online.</summary>
    IPresenceGrain Presence();
}

/// <summary>The grains of the cluster.</summary>
public sealed class ChatGrains(IGrainFactory grains) : IChatGrains
{
    /// <inheritdoc/>
    public ISessionGrain Session(string sessionKey) => grains.GetGrain<ISessionGrain>(sessionKey);

    /// <inheritdoc/>
    public IUserGrain User(string userName) => grains.GetGrain<IUserGrain>(GrainKeys.ForUser(userName));

    /// <inheritdoc/>
    public IPresenceGrain Presence() => grains.GetGrain<IPresenceGrain>(GrainKeys.Presence);
}
